import { describe, expect, it } from 'vitest'
import { anAlarm } from '../../tests/cases'
import { sourceOf } from './alarms'
import { Seen } from './seen.svelte'
import { toldIn, toldOf, unreadOf } from './told'
import { wordsOf } from './words'
import type { AlarmSource, Note } from './wire'

function note(second: number, about: string, said?: number): Note {
  const instant = (at: number) => new Date(Date.UTC(2026, 2, 2, 10, 0, at)).toISOString()
  return {
    at: instant(second),
    by: { operator_id: 'i', name: '112 BE', centre: null },
    text: `${about} ${second}`,
    about: `alarm.${about}`,
    said_at: said === undefined ? null : instant(said),
    said_by: null,
    lang: null,
  }
}

describe('what other systems said', () => {
  it('stands apart by what it is, in the order in which it was said, whenever it came', () => {
    const late = note(30, 'message_received', 1)
    const early = note(10, 'message_received', 9)
    const told = toldIn([
      late,
      note(20, 'noted'),
      early,
      note(5, 'medical_received'),
      note(6, 'call_received'),
    ])
    expect(told.chat).toEqual([late, early])
    expect([told.medical.length, told.calls.length]).toEqual([1, 1])
    expect(unreadOf(told.chat, 1)).toEqual(new Set([late]))
  })

  it('is unread until it was looked at, and never counts back', () => {
    const seen = new Seen()
    const alarm = anAlarm({ messages: 3, calls: 1 })
    expect([toldOf({}), seen.unread({ alarm_id: 'of an old version' })]).toEqual([0, 0])
    expect([toldOf(alarm), seen.unread(alarm)]).toEqual([4, 3])
    seen.saw(alarm.alarm_id, 3)
    seen.saw(alarm.alarm_id, 1)
    expect(seen.unread(alarm)).toBe(0)
    expect(seen.unread({ ...alarm, messages: 4 })).toBe(1)
    expect(seen.unread(anAlarm({ alarm_id: 'another', messages: 1 }))).toBe(1)
    seen.forget()
    expect(seen.unread(alarm)).toBe(3)
  })
})

describe('where an alarm comes from', () => {
  it('is said by the name of the other system, and of our own button nothing', async () => {
    const words = await wordsOf('nl')
    const from = (source: AlarmSource) => sourceOf({ source }, words)
    expect(from({ kind: 'button', name: null })).toBeNull()
    expect(from({ kind: 'app_112', name: '112 BE' })).toBe('Via de 112-app (112 BE)')
    expect(sourceOf({}, words)).toBeNull()
    expect(sourceOf({ source: { kind: 'perimeter', name: null }, breach: {} }, words)).toBeNull()
    expect(from({ kind: 'device', name: null })).toBe('Toestel zonder telefoon')
    expect(from({ kind: 'of_a_later_version' as 'device', name: 'X' })).toBe('X')
  })
})
