import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { anAlarm } from '../../tests/cases'
import { GENUINE, needsSecondLook, NOISE } from './outcomes'

const STATED = `
import json
from schemas.outcome import GENUINE, NEEDS_SECOND_LOOK, Outcome
print(json.dumps({"all": list(Outcome), "genuine": sorted(GENUINE), "second_look": sorted(NEEDS_SECOND_LOOK)}))
`

const stated = JSON.parse(
  execFileSync(process.env['MSA_PYTHON'] ?? 'python3', ['-c', STATED], {
    cwd: join(import.meta.dirname, '../../../..'),
    encoding: 'utf8',
  }),
) as Record<'all' | 'genuine' | 'second_look', string[]>

it('the outcomes are those of the schemas, each in its group', () => {
  expect([...GENUINE, ...NOISE].toSorted()).toEqual(stated.all.toSorted())
  expect(GENUINE.toSorted()).toEqual(stated.genuine)
})

it('a second look follows where the schemas say so, and only for a real alarm', () => {
  const real = anAlarm()
  const needing = [...GENUINE, ...NOISE].filter((outcome) => needsSecondLook(real, outcome))
  expect(needing.toSorted()).toEqual(stated.second_look)
  expect(needsSecondLook(anAlarm({ purpose: 'exercise' }), 'slip')).toBe(false)
})
