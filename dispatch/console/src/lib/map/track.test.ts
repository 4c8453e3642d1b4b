import { describe, expect, it } from 'vitest'
import type { Position } from '../wire'
import { FADES, GAP_S, merged, stretches, tail, type Fix } from './track'

const NOW = Date.parse('2026-03-02T10:00:00Z')

function fix(ageS: number, flags: readonly string[] = [], longitude = 3.7 - ageS / 10_000): Fix {
  const position: Position = {
    latitude: 51,
    longitude,
    radius_m: 8,
    confidence: 0.95,
    fixed_at: new Date(NOW - ageS * 1000).toISOString(),
    age_s: null,
    method: 'gnss',
    mock: false,
    speed_mps: null,
    heading_deg: null,
  }
  return { position, flags, number: 1 }
}

const ages = (fixes: readonly Fix[]) =>
  fixes.map(({ position }) => (NOW - Date.parse(position.fixed_at)) / 1000)

describe('fixes put together', () => {
  it('are in time order whatever order they came in, each instant once', () => {
    const late = merged([fix(30), fix(10)], [fix(20), fix(10), fix(5)])
    expect(ages(late)).toEqual([30, 20, 10, 5])
    expect(ages(merged([fix(30)], [fix(10)]))).toEqual([30, 10])
    expect(ages(merged([fix(10)], [fix(30)]))).toEqual([30, 10])
  })

  it('of one instant are as told last', () => {
    expect(merged([fix(10)], [fix(10, ['jump'])])[0]?.flags).toEqual(['jump'])
  })
})

describe('a track', () => {
  it('is one line while fixes follow each other', () => {
    expect(stretches([fix(30), fix(20), fix(10)], NOW)).toHaveLength(1)
  })

  it('is not joined across a gap, nor to a fix that nothing gets to', () => {
    const gap = stretches([fix(GAP_S + 12), fix(GAP_S + 11), fix(10), fix(5)], NOW + 0)
    expect(gap.map(({ points }) => points.length)).toEqual([2, 2])
    const jump = stretches([fix(30), fix(20, ['jump']), fix(10)], NOW)
    expect(jump.map(({ points }) => points.length)).toEqual([1, 2])
  })

  it('fades with age, without a hole where the fade changes', () => {
    const drawn = stretches([fix(75), fix(62), fix(50), fix(40)], NOW)
    expect(drawn.map(({ fade }) => fade)).toEqual([1, 0])
    expect(drawn[1]?.points[0]).toEqual(drawn[0]?.points.at(-1))
    expect(stretches([fix(999_999)], NOW)[0]?.fade).toBe(FADES.length - 1)
  })

  it('keeps its last two minutes in view, without what is doubtful', () => {
    expect(tail([fix(500), fix(100), fix(50, ['jump']), fix(0)])).toHaveLength(2)
    expect(tail([])).toEqual([])
  })
})
