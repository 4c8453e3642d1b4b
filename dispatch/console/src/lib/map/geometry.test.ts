import { describe, expect, it } from 'vitest'
import { bearingDeg, circle, destination, distanceM } from './geometry'

const GENT = { latitude: 51.0543, longitude: 3.7174 }
const ANTWERPEN = { latitude: 51.2194, longitude: 4.4025 }

describe('a distance', () => {
  it('is that of the great circle', () => {
    expect(distanceM(GENT, ANTWERPEN)).toBeCloseTo(51_100, -3)
    expect(distanceM(GENT, GENT)).toBe(0)
  })
})

describe('a bearing', () => {
  it.each([
    [{ ...GENT, latitude: 51.1 }, 0],
    [{ ...GENT, longitude: 3.8 }, 90],
    [{ ...GENT, latitude: 51 }, 180],
    [{ ...GENT, longitude: 3.6 }, 270],
  ])('to %o is clockwise from north', (to, degrees) => {
    expect(bearingDeg(GENT, to)).toBeCloseTo(degrees, 0)
  })
})

describe('a circle', () => {
  it.each([5, 20, 5000, 200_000])(
    'of %i m has every corner so far from its middle, and is closed',
    (radius) => {
      const ring = circle(GENT, radius)
      for (const [longitude, latitude] of ring)
        expect(distanceM(GENT, { longitude, latitude }) / radius).toBeCloseTo(1, 5)
      expect(ring.at(-1)).toEqual(ring[0])
      expect(ring.length).toBeGreaterThan(60)
    },
  )

  it('goes where its bearing points', () => {
    const [longitude, latitude] = destination(GENT, 45, 1000)
    expect(bearingDeg(GENT, { longitude, latitude })).toBeCloseTo(45, 2)
  })
})
