import { describe, expect, it } from 'vitest'
import type { FileView, StepKind, StepView } from '../wire'
import { ASKS, inWords, isEquipped, needsGround, stagesOf, wishOf } from './life'

function a(file: Partial<FileView>): FileView {
  return { procedure: 'standard', imported: false, decision: null, awaited: null, ...file } as FileView
}

function steps(...kinds: StepKind[]): StepView[] {
  return kinds.map((kind, at) => ({ kind, on_date: `2026-03-0${at + 1}` }) as StepView)
}

const kinds = (file: FileView, ...taken: StepKind[]) =>
  stagesOf(file, steps(...taken)).map(({ kind }) => kind)

it('speaks of protection while she has an alarm or is being given one, and not before or after', () => {
  expect(isEquipped({ state: 'requested', procedure: 'urgent' })).toBe(true)
  expect(isEquipped({ state: 'granted', procedure: 'standard' })).toBe(true)
  expect(isEquipped({ state: 'requested', procedure: 'standard' })).toBe(false)
  expect(isEquipped({ state: 'closed', procedure: 'urgent' })).toBe(false)
})

describe('the line of a file', () => {
  it('has the urgent alarm before everything that follows it', () => {
    expect(kinds(a({ procedure: 'urgent' })).slice(0, 6)).toEqual([
      'requested',
      'installed',
      'victim_support_notified',
      'heard',
      'deliberated',
      'granted',
    ])
  })

  it('says what was done when, and what is waited for', () => {
    const line = stagesOf(a({ awaited: 'deliberated' }), steps('requested', 'heard', 'heard'))
    expect(line.slice(0, 3)).toEqual([
      { kind: 'requested', on: '2026-03-01', awaited: false },
      { kind: 'heard', on: '2026-03-03', awaited: false },
      { kind: 'deliberated', on: null, awaited: true },
    ])
  })

  it('ends early where it was refused, and keeps the alarm that is there until it is closed', () => {
    expect(kinds(a({ decision: 'refused' }))).toEqual([
      'requested',
      'heard',
      'deliberated',
      'refused',
      'archived',
    ])
    const urgent = kinds(a({ decision: 'refused', procedure: 'urgent' }))
    expect(urgent.slice(-3)).toEqual(['refused', 'closed', 'archived'])
  })

  it('has only what was done where it is over', () => {
    const closed = a({ state: 'closed', awaited: 'archived' })
    expect(kinds(closed, 'requested', 'closed')).toEqual(['requested', 'closed', 'archived'])
  })

  it('begins with the alarm where the file came with it', () => {
    expect(kinds(a({ imported: true }))[0]).toBe('imported')
  })

  it('asks for an evaluation anew in each term', () => {
    const done = steps('granted', 'evaluated', 'extended')
    const evaluated = () => stagesOf(a({}), done).find(({ kind }) => kind === 'evaluated')?.on
    expect(evaluated()).toBeNull()
    done.push(...steps('evaluated'))
    expect(evaluated()).toBe('2026-03-01')
  })
})

it('what was left empty is not said, and a magistrate says on what ground', () => {
  expect(wishOf('granted', { on_date: '2026-03-02', document: '', willing: false })).toEqual({
    kind: 'granted',
    on_date: '2026-03-02',
    willing: false,
  })
  expect(Object.keys(ASKS).filter((kind) => needsGround(kind as StepKind))).toEqual([
    'granted',
    'refused',
    'extended',
    'closed',
    'transferred',
  ])
})

it('a refusal says in words what is missing, beside the field that brings it', () => {
  const refused = { problem: 'not-allowed-now', detail: 'missing: ground, evaluated', errors: [] } as const
  expect(inWords(refused, { ground: 'the ground', evaluated: 'an evaluation' })).toEqual({
    problem: 'not-allowed-now',
    detail: null,
    errors: [
      { field: 'context', message: 'the ground' },
      { field: 'evaluated', message: 'an evaluation' },
    ],
  })
})
