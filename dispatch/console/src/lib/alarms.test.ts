import { describe, expect, it } from 'vitest'
import { anAlarm, longId } from '../../tests/cases'
import { bySeverity, inOrder, legs, nextToAcknowledge, notices, standingOf } from './alarms'
import type { AlarmState, AssignedUnit } from './wire'
import { words as english } from './words/en'

const old = anAlarm({ alarm_id: longId('a1'), raised_at: '2026-03-02T09:00:00Z' })
const young = anAlarm({ alarm_id: longId('a2'), raised_at: '2026-03-02T10:00:00Z' })
const held = anAlarm({ alarm_id: longId('a3'), raised_at: '2026-03-02T08:00:00Z', state: 'acknowledged' })
const test = anAlarm({ alarm_id: longId('a4'), raised_at: '2026-03-02T07:00:00Z', purpose: 'test' })

describe('the queue', () => {
  it('has the unanswered first, the oldest first, and what is not real apart', () => {
    expect(inOrder([young, held, test, old])).toEqual({
      raised: [old, young],
      acknowledged: [held],
      apart: [test],
    })
  })

  it('gives F2 the selected alarm, else the oldest unanswered, and a real one before a test', () => {
    const queue = inOrder([young, held, test, old])
    expect(nextToAcknowledge(queue, young)).toBe(young)
    expect(nextToAcknowledge(queue, held)).toBe(old)
    expect(nextToAcknowledge(queue, test)).toBe(old)
    expect(nextToAcknowledge(queue, undefined)).toBe(old)
    expect(nextToAcknowledge(inOrder([held, test]), held)).toBe(test)
    expect(nextToAcknowledge(inOrder([held]), held)).toBeUndefined()
  })
})

it('circumstances come worst first', () => {
  expect(bySeverity(old.circumstances).map(({ severity }) => severity)).toEqual([
    'critical',
    'high',
    'normal',
  ])
})

it('notices are words, the gravest first, each once, and a new code is shown as it is', () => {
  const odd = anAlarm({
    verified: false,
    flags: ['clock_skew', 'forgeable_button', 'dropped:positions', 'moon_full'],
    button: { ...old.button!, forgeable: true },
  })
  const said = notices(odd, english)
  expect(said).toHaveLength(5)
  expect(said[0]).toMatch(/not verified/)
  expect(said[1]).toMatch(/Forgeable/)
  expect(said[2]).toMatch(/clock/)
  expect(said.at(-2)).toContain('positions')
  expect(said.at(-1)).toContain('moon_full')
})

it('the trail has a leg for each pair of known instants', () => {
  const found = legs({ ...old.trail, heard_at: null })
  expect(found.map(({ leg }) => leg)).toEqual(['network', 'commit', 'fanOut'])
  expect(found[1]).toEqual({ leg: 'commit', start: 290, took: 8 })
})

it('an acknowledged alarm is assigned while a unit is on it', () => {
  const sent = { status: 'en_route', taken_away: false } as AssignedUnit
  const stands = (state: AlarmState, ...units: AssignedUnit[]) => standingOf({ state, units })
  expect(stands('raised', sent)).toBe('raised')
  expect(stands('acknowledged')).toBe('acknowledged')
  expect(stands('acknowledged', sent)).toBe('assigned')
  expect(stands('acknowledged', { ...sent, status: 'cleared' })).toBe('acknowledged')
  expect(stands('acknowledged', { ...sent, taken_away: true })).toBe('acknowledged')
})
