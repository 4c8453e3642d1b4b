import { describe, expect, it } from 'vitest'
import { anAlarm } from '../../../tests/cases'
import { speech } from '../speech.svelte'
import type { Position } from '../wire'
import { toldMotion, toldRadius, toldTracking } from './telling'

const NOW = Date.parse('2026-03-02T10:00:00Z')
const position = (given: Partial<Position>): Position => ({ ...anAlarm().positions[0]!, ...given })
const plain = (text: string | null) => text?.replaceAll('\u00a0', ' ')

describe('a position is told', () => {
  it.each([
    [{ radius_m: 20, confidence: 0.95 }, 'within 20 m (95 % sure)'],
    [{ radius_m: 5200, confidence: 0.68 }, 'within 5.2 km (68 % sure)'],
    [{ radius_m: null }, 'radius not known'],
    [{ radius_m: 0 }, 'radius not known'],
  ])('with its radius: %o', (given, said) => {
    expect(plain(toldRadius(position(given), speech.words))).toBe(said)
  })

  it.each([
    [{ speed_mps: 5, heading_deg: 90 }, 'moving 18 km/h towards east'],
    [{ speed_mps: 5, heading_deg: null }, 'moving 18 km/h'],
    [{ speed_mps: 0.1, heading_deg: 90 }, 'not moving'],
    [{ speed_mps: null, heading_deg: null }, null],
  ])('with how she moves, as far as it is known: %o', (given, said) => {
    expect(toldMotion(position(given), speech.words)).toBe(said)
  })
})

describe('following is told', () => {
  const told = (tracking: 'off' | 'live' | 'lost' | 'ended', until: string | null = null) =>
    toldTracking(anAlarm({ tracking, tracking_until: until }), NOW, speech.words)

  it('with the time that is left', () => {
    expect(told('live', '2026-03-02T11:58:03Z')).toBe('Followed live for another 1:58:03')
  })

  it('as over when its time is', () => {
    expect(told('live', '2026-03-02T09:59:59Z')).toBe('Tracking time is over.')
    expect(told('ended')).toMatch(/^Tracking has ended/)
  })

  it('as lost when positions should come and do not', () => {
    expect(told('lost', '2026-03-02T11:00:00Z')).toMatch(/^TRACKING LOST/)
    expect(told('off')).toBe('Her position is not followed.')
  })
})
