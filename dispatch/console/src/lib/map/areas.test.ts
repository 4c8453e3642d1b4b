import { describe, expect, it } from 'vitest'
import { ABROAD, Areas } from './areas'
import type { LonLat } from './geometry'

function square(west: number, south: number, side: number): LonLat[] {
  return [
    [west, south],
    [west + side, south],
    [west + side, south + side],
    [west, south + side],
    [west, south],
  ]
}

/** As at Baarle: land here, an enclave in the other country, in it a hole, and beside it land of another centre. */
const areas = new Areas({
  features: [
    {
      properties: { centre: 'BE-VAN' },
      geometry: {
        type: 'MultiPolygon',
        coordinates: [
          [square(0, 0, 1)],
          [square(2, 2, 1), square(2.4, 2.4, 0.2)],
          [square(2.45, 2.45, 0.05)],
        ],
      },
    },
    {
      properties: { centre: 'BE-VLI' },
      geometry: { type: 'Polygon', coordinates: [square(1, 0, 1)] },
    },
  ],
})

describe('a point', () => {
  it.each([
    ['in the land itself', 0.5, 0.5, 'BE-VAN'],
    ['in the centre beside it', 1.5, 0.5, 'BE-VLI'],
    ['in an enclave', 2.1, 2.1, 'BE-VAN'],
    ['in the hole of an enclave', 2.42, 2.42, ABROAD],
    ['on the island in that hole', 2.47, 2.47, 'BE-VAN'],
    ['between land and enclave', 1.9, 1.9, ABROAD],
    ['far away', 40, 10, ABROAD],
  ])('%s', (_, longitude, latitude, centre) => {
    expect(areas.at({ longitude, latitude })).toBe(centre)
  })
})

describe('an uncertainty', () => {
  it('reaches into what its edge touches, and no more', () => {
    const point = { longitude: 0.99, latitude: 0.5 }
    expect(areas.reached(point, 100)).toEqual([])
    expect(areas.reached(point, 3000)).toEqual(['BE-VLI'])
    expect(areas.reached({ longitude: 0.99, latitude: 0.01 }, 3000).toSorted()).toEqual(['BE-VLI', null])
  })
})
