import { describe, expect, it } from 'vitest'
import { anAlarm, longId } from '../../../tests/cases'
import { speech } from '../speech.svelte'
import type { AlarmView, AssignedUnit, Breach, Position, PositionFrame } from '../wire'
import { drawnAlarms, drawnOffenders, type DrawnAlarm } from './drawn'

const NOW = Date.parse('2026-03-02T10:00:00Z')
const ID = longId('a1')

function at(ageS: number, given: Partial<Position> = {}): Position {
  return { ...anAlarm().positions[0]!, fixed_at: new Date(NOW - ageS * 1000).toISOString(), ...given }
}

function draw(alarm: Partial<AlarmView>, told?: Position): DrawnAlarm[] {
  const frame: PositionFrame | undefined = told && {
    type: 'position',
    who: 'victim',
    number: 1,
    of: 1,
    alarm_id: ID,
    centre: 'BE-VOV',
    position: told,
    flags: [],
  }
  const positions = new Map(frame ? [[ID, frame]] : [])
  const seen = { positions, offenders: new Map(), selectedId: ID, now: NOW }
  return drawnAlarms([anAlarm({ alarm_id: ID, ...alarm })], seen, speech.words)
}

describe('an alarm is drawn', () => {
  it('not at all without a position: nothing is invented', () => {
    expect(draw({ positions: [] })).toEqual([])
  })

  it('at its newest position, whoever told it', () => {
    const told = at(1, { latitude: 51.2 })
    expect(draw({ positions: [at(20)] }, told)[0]?.latitude).toBe(51.2)
    expect(draw({ positions: [at(0.5, { latitude: 51.4 })] }, told)[0]?.latitude).toBe(51.4)
  })

  it.each([
    ['raised', 'real', 'raised'],
    ['acknowledged', 'real', 'acknowledged'],
    ['raised', 'test', 'apart'],
    ['acknowledged', 'exercise', 'apart'],
  ] as const)('%s and %s as %s, in words too', (state, purpose, symbol) => {
    const [drawn] = draw({ state, purpose, positions: [at(1)] })
    expect(drawn?.symbol).toBe(symbol)
    expect(drawn?.label).toContain(speech.words.state[state])
    if (purpose !== 'real') expect(drawn?.label).toContain(speech.words.purpose[purpose])
  })

  it('as stale in words from 30 s on', () => {
    expect(draw({ positions: [at(30)] })[0]).toMatchObject({ stale: false })
    const [old] = draw({ positions: [at(31)] })
    expect(old).toMatchObject({ stale: true })
    expect(old?.label).toContain('POSITION STALE')
  })

  it.each([null, 0])('without an area where the radius is %s, and says so', (radius_m) => {
    const [drawn] = draw({ positions: [at(1, { radius_m })] })
    expect(drawn?.radiusM).toBeNull()
    expect(drawn?.label).toContain('radius not known')
  })

  it('with an arrow only where she is known to move', () => {
    const heading = (given: Partial<Position>) => draw({ positions: [at(1, given)] })[0]?.headingDeg
    expect(heading({ speed_mps: 4, heading_deg: 80 })).toBe(80)
    expect(heading({ speed_mps: 0.1, heading_deg: 80 })).toBeNull()
    expect(heading({ speed_mps: null, heading_deg: 80 })).toBeNull()
  })

  it('with the units that are with it, not with those that are free again', () => {
    const unit = (name: string, given: Partial<AssignedUnit>) =>
      ({ name, taken_away: false, ...given }) as AssignedUnit
    const units = [
      unit('ALPHA 1', { status: 'en_route' }),
      unit('ALPHA 2', { status: 'cleared' }),
      unit('ALPHA 3', { status: 'dispatched', taken_away: true }),
    ]
    const label = draw({ units, positions: [at(1)] })[0]?.label
    expect(label).toContain('ALPHA 1: on its way')
    expect(label).not.toMatch(/ALPHA [23]/)
  })
})

it('two offenders are two figures, each with his own number, judgement and distance from her', () => {
  const frame = (number: number, latitude: number): PositionFrame => ({
    type: 'position',
    who: 'offender',
    number,
    of: 2,
    alarm_id: ID,
    centre: 'BE-VOV',
    position: at(1, { latitude, longitude: 3.72 }),
    flags: [],
  })
  const her = at(1, { latitude: 51.0, longitude: 3.72 })
  const breach = { number: 2, of: 2, inside: true, certain: true, probability: 1, offender: at(9) } as Breach
  const seen = {
    positions: new Map(),
    offenders: new Map([[ID, [frame(1, 51.01), frame(2, 51.002)]]]),
    selectedId: ID,
    now: NOW,
  }
  const drawn = drawnOffenders([anAlarm({ alarm_id: ID, positions: [her], breach })], seen, speech.words)
  expect(drawn.map(({ number, standing, latitude }) => [number, standing, latitude])).toEqual([
    [1, null, 51.01],
    [2, 'inside', 51.002],
  ])
  expect(drawn[0]?.label).toMatch(/^OFFENDER 1\/2\n1\.1 km/)
  expect(drawn[1]?.label).toMatch(/^OFFENDER 2\/2\nin the zone\n22\d m/)
})
