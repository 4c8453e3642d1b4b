import { describe, expect, it } from 'vitest'
import { anAlarm, longId } from '../../tests/cases'
import { breachLine, breachShort, isPressed, offendersOf } from './breach'
import type { Breach, Position, PositionFrame } from './wire'
import { wordsOf } from './words'

const AT = '2026-03-02T10:00:10Z'

function aFix(fixed_at: string): Position {
  const moving = { speed_mps: 1.8, heading_deg: 230 }
  const known = { radius_m: 25, confidence: 0.95, age_s: null, method: 'gnss', mock: false } as const
  return { latitude: 51.06, longitude: 3.72, fixed_at, ...known, ...moving }
}

function aBreach(given: Partial<Breach> = {}): Breach {
  return {
    perimeter_id: longId('c1'),
    name: 'Home',
    certain: true,
    probability: 0.99,
    distance_m: 350,
    heading_deg: 46,
    from_place: false,
    approaching: true,
    offender: aFix(AT),
    number: 1,
    of: 1,
    judged_at: AT,
    inside: true,
    ...given,
  }
}

describe('a breach in words', () => {
  it.each([
    ['en', 'He is inside the forbidden zone, 350 m north-east of her, coming closer'],
    ['nl', 'Hij is in de verboden zone, 350 m ten noordoosten van haar, komt dichterbij'],
    ['fr', 'Il est dans la zone interdite, à 350 m au nord-est d’elle, il se rapproche'],
    ['de', 'Er ist in der verbotenen Zone, 350 m nordöstlich von ihr, kommt näher'],
  ] as const)('says in %s whether he is inside, where from her and where to', async (language, said) => {
    expect(breachLine(aBreach(), await wordsOf(language))).toBe(said)
  })

  it('never says a bare yes of what is not certain', async () => {
    const words = await wordsOf('en')
    const possible = aBreach({ certain: false, probability: 0.62, approaching: null, distance_m: null })
    expect(breachLine(possible, words)).toBe('He may be inside the forbidden zone (62\u00a0%)')
  })

  it('says that he left, and of the place where it is not known where she is', async () => {
    const words = await wordsOf('en')
    const left = aBreach({ inside: false, from_place: true, approaching: false, distance_m: 1240 })
    expect(breachLine(left, words)).toBe(
      'He has left the forbidden zone, 1.2 km north-east of its middle, going away',
    )
  })
})

describe('where he is', () => {
  const told = (fixed_at: string, number = 1, of = 1): PositionFrame => ({
    type: 'position',
    alarm_id: longId('a1'),
    centre: 'BE-VOV',
    who: 'offender',
    number,
    of,
    position: aFix(fixed_at),
    flags: [],
  })

  it('is the newest of what was judged and what was told since', () => {
    const alarm = anAlarm({ breach: aBreach() })
    const at = (...frames: PositionFrame[]) =>
      offendersOf(alarm, frames).map(({ position }) => position.fixed_at)
    expect(at()).toEqual([AT])
    expect(at(told('2026-03-02T10:00:05Z'))).toEqual([AT])
    expect(at(told('2026-03-02T10:00:15Z'))).toEqual(['2026-03-02T10:00:15Z'])
    expect(offendersOf(anAlarm({}))).toEqual([])
  })

  it('is said of each of two, and the judgement of the one it is of', async () => {
    const of2 = aBreach({ number: 2, of: 2 })
    const seen = offendersOf(anAlarm({ breach: of2 }), [told('2026-03-02T10:00:15Z', 1, 2)])
    expect(seen.map(({ number, of, breach }) => [number, of, breach?.name ?? null])).toEqual([
      [1, 2, null],
      [2, 2, 'Home'],
    ])
    const words = await wordsOf('en')
    expect(breachLine(of2, words)).toMatch(/^Offender 2\/2: He is inside/)
    expect(breachShort(of2, words)).toMatch(/^2\/2 · /)
  })
})

describe('whether she pressed', () => {
  const perimeter = { kind: 'perimeter', name: null } as const
  it('is not said of an alarm that a perimeter alone raised', () => {
    expect(isPressed(anAlarm({ source: perimeter, pattern: null, button: null }))).toBe(false)
  })

  it('is said whichever of the two came first', () => {
    expect(isPressed(anAlarm({ source: perimeter, pattern: 'hold', press_count: 2 }))).toBe(true)
    expect(isPressed(anAlarm({ breach: aBreach(), press_count: 2 }))).toBe(true)
  })
})
