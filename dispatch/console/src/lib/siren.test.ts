import { describe, expect, it } from 'vitest'
import { aFrame, anAlarm } from '../../tests/cases'
import { CHIME_AGAIN_S, heard, loops, QUIET, silence, SILENCE_S, silentUntil, type Facts } from './siren'
import type { AlarmView, Event } from './wire'

const NOTHING: Facts = { alarms: [], lost: false, whole: true }
const SHORT = ['a1', 'a2', 'a3'] as const
const PURPOSES = ['real', 'real', 'real', 'test', 'exercise', 'canary'] as const

function alarms(...all: Partial<AlarmView>[]): Facts {
  return { ...NOTHING, alarms: all.map((each) => anAlarm(each)) }
}

/** What sounds after facts at their times, and the chimes of the last. */
function after(...steps: (readonly [at: number, facts: Facts | 'silence'])[]) {
  let siren = QUIET
  let now = 0
  for (const [at, facts] of steps) {
    now = at
    siren = facts === 'silence' ? silence(siren, at) : heard(siren, facts, at)
  }
  return { sounds: loops(siren, now), chimes: siren.chimes, silentUntil: silentUntil(siren, now) }
}

const RAISED = alarms({})
const HELD = alarms({ state: 'acknowledged', version: 2 })

describe('the siren', () => {
  it('sounds while a real alarm is raised, and stops when it is answered, closed or gone', () => {
    expect(after([0, RAISED]).sounds).toEqual(['siren'])
    expect(after([0, RAISED], [3, HELD]).sounds).toEqual([])
    expect(after([0, RAISED], [3, NOTHING]).sounds).toEqual([])
  })

  it('sounds softly once when he comes into a zone of an alarm in hand, and not when he leaves', () => {
    const breach = { perimeter_id: 'p1', inside: true, certain: false } as AlarmView['breach']
    const held = (now: AlarmView['breach']) => alarms({ state: 'acknowledged', version: 2, breach: now })
    expect(after([0, HELD], [1, held(breach)]).chimes).toEqual(['more'])
    expect(after([0, HELD], [1, held(breach)], [2, held(breach)]).chimes).toEqual([])
    expect(after([0, held(breach)], [40, held({ ...breach!, certain: true })]).chimes).toEqual(['more'])
    expect(after([0, held(breach)], [40, held({ ...breach!, inside: false })]).chimes).toEqual([])
  })

  it('goes on for the one that is left', () => {
    const one = alarms({ alarm_id: 'a1', state: 'acknowledged' }, { alarm_id: 'a2' })
    expect(after([0, alarms({ alarm_id: 'a1' }, { alarm_id: 'a2' })], [1, one]).sounds).toEqual(['siren'])
  })

  it.each(['test', 'exercise', 'canary'] as const)('never sounds for %s', (purpose) => {
    expect(after([0, alarms({ purpose })]).sounds).toEqual([])
  })

  it.each([
    ['pressed again', { press_count: 2 }],
    ['escalated', { escalation: anEscalation('2026-03-02T10:00:10Z') }],
    ['lapsed', { lapses: 1 }],
    ['reopened', { reopened: 1 }],
    ['under duress', { cancel: { at: '2026-03-02T10:00:10Z', coerced: true, word: 'duress', count: 1 } }],
  ] as const)('is louder for one that is %s, and its silence ends', (_, change) => {
    expect(after([0, alarms(change)]).sounds).toEqual(['again'])
    expect(after([0, RAISED], [1, 'silence'], [2, alarms(change)]).sounds).toEqual(['again'])
  })

  it('is silent for a minute and no longer', () => {
    expect(after([0, RAISED], [10, 'silence'], [11, RAISED])).toMatchObject({
      sounds: [],
      silentUntil: 10 + SILENCE_S,
    })
    expect(after([0, RAISED], [10, 'silence'], [69.9, RAISED]).sounds).toEqual([])
    expect(after([0, RAISED], [10, 'silence'], [70, RAISED]).sounds).toEqual(['siren'])
  })

  it('cannot be kept silent by asking again and again', () => {
    const again = [20, 40, 60, 69].map((at) => [at, 'silence'] as const)
    expect(after([0, RAISED], [10, 'silence'], ...again, [70, RAISED]).sounds).toEqual(['siren'])
  })

  it('cannot be silenced before it sounds', () => {
    expect(after([0, NOTHING], [1, 'silence'], [2, RAISED]).sounds).toEqual(['siren'])
  })

  it('sounds for a new alarm although the old one is silent', () => {
    const both = alarms({ alarm_id: 'a1' }, { alarm_id: 'a2' })
    expect(after([0, alarms({ alarm_id: 'a1' })], [1, 'silence'], [2, both]).sounds).toEqual(['siren'])
  })

  it('sounds again for one that was answered and is raised again', () => {
    const again = alarms({ version: 3, lapses: 1 })
    expect(after([0, RAISED], [1, 'silence'], [2, HELD], [3, again]).sounds).toEqual(['again'])
  })

  it('stays silent while only her position, a note or her file is news', () => {
    const told = alarms({ version: 4, notes: [], moved_m: 400, enriched: false })
    expect(after([0, RAISED], [1, 'silence'], [2, told]).sounds).toEqual([])
  })

  it('keeps sounding for what is known when the link is lost, beside the link’s own sound', () => {
    expect(after([0, RAISED], [5, { ...RAISED, lost: true }]).sounds).toEqual(['siren', 'lost'])
    expect(after([0, { ...NOTHING, lost: true }]).sounds).toEqual(['lost'])
  })

  it('sounds although the link was silenced, and a link that is lost although the siren was', () => {
    const lost = { ...NOTHING, lost: true }
    const both = { ...RAISED, lost: true }
    expect(after([0, lost], [1, 'silence'], [2, lost]).sounds).toEqual([])
    expect(after([0, lost], [1, 'silence'], [2, both]).sounds).toEqual(['siren', 'lost'])
    expect(after([0, RAISED], [1, 'silence'], [2, both])).toMatchObject({ sounds: ['lost'], silentUntil: 61 })
    const flaps = [lost, NOTHING, lost].map((facts, at) => [2 + at, facts] as const)
    expect(after([0, lost], [1, 'silence'], ...flaps).sounds).toEqual(['lost'])
  })
})

describe('a soft sound', () => {
  const test = alarms({ purpose: 'test' })
  const two = alarms({ purpose: 'test' }, { alarm_id: 'a2', purpose: 'exercise' })

  it('comes once with a test, and no siren', () => {
    expect(after([0, NOTHING], [1, test])).toMatchObject({ chimes: ['test'], sounds: [] })
    expect(after([0, NOTHING], [1, test], [2, test]).chimes).toEqual([])
  })

  it('says that she pressed again where a colleague has the alarm, and not that he took it', () => {
    const again = alarms({ state: 'acknowledged', version: 3, press_count: 2 })
    expect(after([0, HELD], [1, again]).chimes).toEqual(['more'])
    expect(after([0, RAISED], [1, HELD]).chimes).toEqual([])
  })

  it('says that the link is back', () => {
    expect(after([0, { ...NOTHING, lost: true }], [9, NOTHING]).chimes).toEqual(['back'])
  })

  it('is not heard for what was there before, under the siren, nor fifty times in a storm', () => {
    expect(after([0, { ...test, whole: false }], [1, test]).chimes).toEqual([])
    const under = alarms({ alarm_id: 'a2' }, { purpose: 'test' })
    expect(after([0, alarms({ alarm_id: 'a2' })], [1, under]).chimes).toEqual([])
    expect(after([0, NOTHING], [1, test], [2, two]).chimes).toEqual([])
    expect(after([0, NOTHING], [1, test], [1 + CHIME_AGAIN_S, two]).chimes).toEqual(['test'])
  })
})

/** Whatever happens, in whatever order: told against rules that know nothing of how it is decided. */
describe('in any course of things', () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))('the siren keeps its promises (%i)', (seed) => {
    const chance = chances(seed)
    const open = new Map<string, AlarmView>()
    let siren = QUIET
    let now = 0
    let silencedAt = -Infinity
    let lost = false
    for (let step = 0; step < 60; step++) {
      now += chance(40)
      let news = false
      const what = chance(10)
      if (what === 0) {
        if (loops(siren, now).some((loop) => loop !== 'lost')) silencedAt = now
        siren = silence(siren, now)
      } else if (what === 1) lost = !lost
      else news = happens(open, chance)
      siren = heard(siren, { ...NOTHING, alarms: [...open.values()], lost }, now)
      const unanswered = [...open.values()].filter(
        ({ purpose, state }) => purpose === 'real' && state === 'raised',
      )
      if (news) silencedAt = -Infinity
      const sounds = loops(siren, now).filter((loop) => loop !== 'lost')
      if (unanswered.length === 0) expect(sounds).toEqual([])
      else if (now - silencedAt >= SILENCE_S) expect(sounds).toHaveLength(1)
    }
  })
})

/** Let something happen to an alarm; returns whether that ends a silence. */
function happens(open: Map<string, AlarmView>, chance: (below: number) => number): boolean {
  const alarm_id = SHORT[chance(SHORT.length)]!
  const before = open.get(alarm_id)
  if (!before) {
    const alarm = anAlarm({ alarm_id, purpose: PURPOSES[chance(PURPOSES.length)]! })
    open.set(alarm_id, alarm)
    return alarm.purpose === 'real'
  }
  const version = before.version + 1
  const changes: readonly Partial<AlarmView>[] = [
    { state: 'acknowledged' },
    { state: 'raised', lapses: before.lapses + 1 },
    { press_count: before.press_count + 1 },
    { escalation: anEscalation(`2026-03-02T10:${String(version % 60).padStart(2, '0')}:00Z`) },
    { moved_m: version },
  ]
  const which = chance(changes.length + 1)
  const change = changes[which]
  if (!change) {
    open.delete(alarm_id)
    return false
  }
  const alarm = { ...before, ...change, version }
  open.set(alarm_id, alarm)
  return alarm.purpose === 'real' && alarm.state === 'raised' && which >= 1 && which <= 3
}

function anEscalation(at: string): AlarmView['escalation'] {
  return { level: 1, step: 'remind', steps: ['remind'], reason: 'unanswered', at, to: [] }
}

/** A small generator of its own (Park and Miller), so that a course that fails can be had again. */
function chances(seed: number): (below: number) => number {
  let state = (seed + 1) * 48_271
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

it('every kind of event about a real raised alarm leaves the siren on', () => {
  const event = aFrame({ type: 'event', cursor: 'e1:1', kind: 'alarm.noted' }) as Event
  expect(after([0, RAISED], [1, { ...NOTHING, alarms: [event.alarm!] }]).sounds).toEqual(['siren'])
})
