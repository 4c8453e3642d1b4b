import { describe, expect, it } from 'vitest'
import { anAlarm, longId, wholeThing } from '../../tests/cases'
import { etaLeft, etaSeconds, nextStatus, sendable } from './units'
import type { AssignedUnit, OperatorView, UnitView } from './wire'

const operator: OperatorView = {
  operator_id: longId('d9'),
  name: 'Operator One',
  roles: ['operator'],
  centres: ['BE-VOV', 'BE-VAN'],
}

function aUnit(id: string, name: string, given: Partial<UnitView> = {}): UnitView {
  return wholeThing('unit', { unit_id: id, name, ...given }) as unknown as UnitView
}

function sent(given: Partial<AssignedUnit> = {}): AssignedUnit {
  return {
    unit_id: longId('d1'),
    centre: 'BE-VOV',
    name: 'ALPHA 1',
    status: 'dispatched',
    assigned_at: '2026-03-02T10:00:00Z',
    assigned_by: { operator_id: longId('d9'), name: 'Operator One', centre: 'BE-VOV' },
    status_at: '2026-03-02T10:00:00Z',
    eta_s: null,
    taken_away: false,
    ...given,
  }
}

describe('the units that can be sent', () => {
  it('are the free ones first, by name, and of the alarm’s own centre before the others’', () => {
    const alarm = anAlarm({
      shared: [{ centre: 'BE-VAN', reason: 'near_border', since: '2026-03-02T10:00:00Z' }],
    })
    const units = [
      aUnit('d4', 'ALPHA 3', { alarm_id: longId('a2') }),
      aUnit('d3', 'ALPHA 10'),
      aUnit('d2', 'ALPHA 2'),
      aUnit('d5', 'ANVERS 1', { centre: 'BE-VAN' }),
    ]
    expect(sendable(alarm, units, operator).map(({ name }) => name)).toEqual([
      'ALPHA 2',
      'ALPHA 10',
      'ANVERS 1',
      'ALPHA 3',
    ])
  })

  it('are on duty, not there already, and neither of a centre without the alarm nor of one that is not mine', () => {
    const units = [
      aUnit('d1', 'ALPHA 1'),
      aUnit('d2', 'ALPHA 2', { on_duty: false }),
      aUnit('d3', 'ANVERS 1', { centre: 'BE-VAN' }),
      aUnit('d4', 'NAMUR 1', { centre: 'BE-WNA' }),
      aUnit('d5', 'ALPHA 5'),
    ]
    const alarm = anAlarm({
      units: [sent()],
      shared: [{ centre: 'BE-WNA', reason: 'near_border', since: '2026-03-02T10:00:00Z' }],
    })
    expect(sendable(alarm, units, operator).map(({ name }) => name)).toEqual(['ALPHA 5'])
    const freed = anAlarm({ units: [sent({ status: 'cleared' })] })
    expect(sendable(freed, units, operator).map(({ name }) => name)).toEqual(['ALPHA 1', 'ALPHA 5'])
  })
})

it('a unit goes from sent over on its way and on the spot to free', () => {
  expect(
    (['dispatched', 'en_route', 'on_scene', 'cleared'] as const).map((status) =>
      nextStatus(sent({ status })),
    ),
  ).toEqual(['en_route', 'on_scene', 'cleared', 'cleared'])
})

it('what is left of the time a unit needs is counted from when it was said', () => {
  const now = Date.parse('2026-03-02T10:01:40Z')
  expect(etaLeft(sent({ eta_s: 300 }), now)).toBe(200)
  expect(etaLeft(sent({ eta_s: 60 }), now)).toBe(0)
  expect(etaLeft(sent(), now)).toBeNull()
})

it.each([
  ['', null],
  [' 6 ', 360],
  ['0', 0],
  ['1440', 86_400],
  ['1441', undefined],
  ['-1', undefined],
  ['2,5', undefined],
  ['soon', undefined],
])('minutes typed as %j are %s seconds', (typed, seconds) => {
  expect(etaSeconds(typed)).toBe(seconds)
})
