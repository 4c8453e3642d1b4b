import { describe, expect, it } from 'vitest'
import { destination, type Point } from './geometry'
import type { Place } from './places'
import { asidePx, LEAST_ACROSS_M, MOST_ACROSS_M, surroundings } from './surroundings'

const GENT: Place = {
  name: 'Gent',
  names: {},
  lat: 51.0543,
  lon: 3.7174,
  population: 1,
  centre: 'BE-VOV',
}
const AALST: Place = { ...GENT, name: 'Aalst', lat: 50.936, lon: 4.0355 }

function from(place: Place, metres: number): Point {
  const [longitude, latitude] = destination({ latitude: place.lat, longitude: place.lon }, 45, metres)
  return { latitude, longitude }
}

describe('a ground without streets', () => {
  it.each([0, 900, 6_900])('is held with the nearest place, %i m away', (metres) => {
    const found = surroundings([AALST, GENT], from(GENT, metres))
    expect(found).toEqual({ acrossM: LEAST_ACROSS_M, place: GENT })
  })

  it('is held as wide as it may be where no place is near', () => {
    const wide = { acrossM: MOST_ACROSS_M, place: null }
    expect(surroundings([GENT], from(GENT, 7_200))).toEqual(wide)
    expect(surroundings([], from(GENT, 0))).toEqual(wide)
  })
})

describe('a name beside a symbol', () => {
  it.each([
    [0, 0, 2],
    [0, -20, 2],
    [100, 12, 3],
    [-40, 30, 5],
  ])(
    '%i px to its right and %i px down is moved off a label of %i lines, the shorter way',
    (right, down, lines) => {
      const moved = down + asidePx(right, down, lines)
      expect(Math.abs(moved)).toBeGreaterThanOrEqual(lines * 8 + 17)
      expect(Math.sign(moved)).toBe(down > 0 ? 1 : -1)
    },
  )

  it.each([
    [-80, 0],
    [240, 0],
    [0, 60],
    [0, -60],
  ])('%i px to its right and %i px down stays where it is', (right, down) => {
    expect(asidePx(right, down, 2)).toBe(0)
  })
})
