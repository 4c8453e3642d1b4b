import { describe, expect, it } from 'vitest'
import type { PerimeterTerms } from '../wire'
import {
  areaOf,
  areaSaid,
  cornersOf,
  draftOf,
  drawnOf,
  linesOf,
  tallySaid,
  termsOf,
  type AreaDraft,
} from './perimeters'
import { caseworkWordsOf } from './speech.svelte'

const DRAFT: AreaDraft = { shape: 'circle', place: '51,0543; 3,7174', radius: '500', corners: '', ring: '' }
const LINES = '51.05, 3.71\n51.06, 3.72\nhere\n51.05, 3.73'

describe('a perimeter as it is typed', () => {
  it('is a circle, an area of corners or a circle that moves with her', () => {
    expect(areaOf(DRAFT)).toEqual({ shape: 'circle', latitude: 51.0543, longitude: 3.7174, radius_m: 500 })
    expect(areaOf({ ...DRAFT, shape: 'victim' })).toEqual({ shape: 'victim', radius_m: 500 })
    expect(areaOf({ ...DRAFT, shape: 'polygon', corners: LINES })).toEqual({
      shape: 'polygon',
      corners: [
        { latitude: 51.05, longitude: 3.71 },
        { latitude: 51.06, longitude: 3.72 },
        { latitude: 51.05, longitude: 3.73 },
      ],
    })
  })

  it('keeps what the map drew, to the metre', () => {
    const drawn = [
      [3.712341, 51.054321],
      [3.7, 51.1],
    ] as const
    expect(cornersOf(linesOf(drawn))).toEqual([
      { latitude: 51.05432, longitude: 3.71234 },
      { latitude: 51.1, longitude: 3.7 },
    ])
  })

  it('is drawn as far as it is typed, with a ring as wide as the zone where none is given', () => {
    expect(drawnOf(DRAFT)).toEqual({ middle: [3.7174, 51.0543], radiusM: 500, corners: [], ringM: 500 })
    expect(drawnOf({ ...DRAFT, place: '51', ring: '80' })).toMatchObject({ middle: null, ringM: 80 })
    expect(drawnOf({ ...DRAFT, shape: 'victim' })).toMatchObject({ middle: null, corners: [] })
  })

  it('begins a change with what is in force, and changes nothing that is not touched', () => {
    const terms = {
      name: 'Home',
      ring_m: 80,
      trackers: ['t1'],
      starts_on: '2026-03-02',
      ends_on: '2026-04-02',
    }
    const policy = { victim_told: 'on_breach', tampered_near: 'alarm' } as const
    const corners = cornersOf('51.05, 3.71\n51.06, 3.72\n51.05, 3.73')
    for (const area of [
      { shape: 'circle', latitude: 51.05, longitude: 3.71, radius_m: 250 } as const,
      { shape: 'polygon', corners } as const,
      { shape: 'victim', radius_m: 900 } as const,
    ]) {
      const whole = { ...terms, ...policy, area } as unknown as PerimeterTerms
      expect(termsOf(draftOf(whole, '2026-03-09'))).toEqual(whole)
    }
    expect(draftOf(null, '2026-03-09')).toMatchObject({ shape: 'circle', from: '2026-03-09', until: '' })
  })

  it('counts in words how often somebody came near', async () => {
    const words = await caseworkWordsOf('en')
    const tally = { approaches: 3, possible_breaches: 1, breaches: 2, last_at: '2026-03-02T10:00:00Z' }
    const said = tallySaid(tally, words, 'en-GB')
    expect(said).toContain('came near: 3 · maybe inside: 1 · inside: 2 · last 2 Mar 2026')
    expect(tallySaid({ ...tally, last_at: null }, words, 'en-GB')).toBe('nobody came near')
  })

  it('is said in words', async () => {
    const words = await caseworkWordsOf('en')
    const terms = { area: areaOf(DRAFT) } as PerimeterTerms
    expect(areaSaid({ terms, zone_radius_m: 500 }, words, 'en-GB')).toBe('within 500 m of 51.05430, 3.71740')
    expect(areaSaid({ terms: null, zone_radius_m: null }, words, 'en-GB')).toBe(words.perimeters.unreadable)
  })
})
