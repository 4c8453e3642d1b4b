import { beforeEach, describe, expect, it } from 'vitest'
import { Reporting, type How } from './condition'

const READY: How = { sound: 'ready', visible: true, awake: true, wall: false, silentUntil: null }
let reporting: Reporting

beforeEach(() => {
  reporting = new Reporting()
})

function says(how: How, now: number, due = false) {
  return reporting.say(how, now, due, (at) => `at ${at}`)
}

describe('a console tells the gateway how it is', () => {
  it('at first, when something changed, when it is due, and not else', () => {
    expect(says(READY, 0)).toHaveLength(1)
    expect(says(READY, 1)).toEqual([])
    expect(says({ ...READY, sound: 'silenced', silentUntil: 61 }, 1)).toEqual([
      {
        type: 'condition',
        sound: 'silenced',
        visible: true,
        awake: true,
        wall: false,
        silenced_until: 'at 61',
        lag_ms: null,
      },
    ])
    expect(says({ ...READY, sound: 'silenced', silentUntil: 61 }, 2, true)).toHaveLength(1)
  })

  it('with one instant for one silence, however the clocks drift', () => {
    const how: How = { ...READY, sound: 'silenced', silentUntil: 61 }
    const told = [1, 6, 11].map((now) => reporting.say(how, now, true, () => `at ${now}`)[0]?.silenced_until)
    expect(told).toEqual(['at 1', 'at 1', 'at 1'])
    expect(says({ ...how, silentUntil: 200 }, 140)[0]?.silenced_until).toBe('at 200')
  })

  it('anew on a new link', () => {
    says(READY, 0)
    reporting.lost()
    expect(says(READY, 1)).toHaveLength(1)
  })

  it('and measures how long the answer takes', () => {
    says(READY, 10)
    reporting.noted(10.012)
    expect(reporting.lagMs(10.1)).toBeCloseTo(12)
    expect(says(READY, 15, true)[0]?.lag_ms).toBeCloseTo(12)
  })

  it('or has taken already, while none comes', () => {
    says(READY, 10)
    reporting.noted(10.012)
    says(READY, 15, true)
    expect(reporting.lagMs(17.5)).toBeCloseTo(2500)
    says(READY, 20, true)
    reporting.noted(20)
    expect(reporting.lagMs(20)).toBeCloseTo(5000)
    reporting.noted(20.004)
    expect(reporting.lagMs(20.004)).toBeCloseTo(4)
  })

  it('knows no latency of a link that is gone', () => {
    says(READY, 10)
    reporting.lost()
    reporting.noted(11)
    expect(reporting.lagMs(12)).toBeNull()
  })
})
