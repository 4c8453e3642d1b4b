/** The centres' areas as drawn, and which of them holds a point. Who serves an alarm is the gateway's to say. */
import { destination, type LonLat, type Point } from './geometry'

export interface AreaFeature {
  readonly properties: Readonly<Record<string, unknown>> | null
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly LonLat[])[] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly LonLat[])[])[] }
}

export interface AreaCollection {
  readonly features: readonly AreaFeature[]
}

export interface LineCollection {
  readonly features: readonly {
    readonly geometry: {
      readonly type: 'MultiLineString'
      readonly coordinates: readonly (readonly LonLat[])[]
    }
  }[]
}

interface Ring {
  readonly corners: readonly LonLat[]
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

const REACHED_FROM = 16 // points of the uncertainty's edge that are looked up

/** Abroad is a place too. */
export const ABROAD = null

/** Areas by name. A point lies in one if an odd number of its rings are around it: enclaves and holes alike. */
export class Areas {
  readonly #rings: ReadonlyMap<string, readonly Ring[]>

  constructor(collection: AreaCollection, property = 'centre') {
    this.#rings = new Map(
      collection.features.map(({ properties, geometry }) => [
        String(properties?.[property]),
        polygons(geometry).flatMap((polygon) => polygon.map(boxed)),
      ]),
    )
  }

  /** The area that holds a point, or abroad. */
  at({ longitude, latitude }: Point): string | typeof ABROAD {
    for (const [name, rings] of this.#rings) {
      let inside = false
      for (const ring of rings) if (around(ring, longitude, latitude)) inside = !inside
      if (inside) return name
    }
    return ABROAD
  }

  /** The other areas, abroad among them, into which the uncertainty of a point reaches. */
  reached(point: Point, radiusM: number): readonly (string | typeof ABROAD)[] {
    const found = new Set(
      Array.from({ length: REACHED_FROM }, (_, corner) => {
        const [longitude, latitude] = destination(point, (corner * 360) / REACHED_FROM, radiusM)
        return this.at({ longitude, latitude })
      }),
    )
    found.delete(this.at(point))
    return [...found]
  }
}

export function polygons(geometry: AreaFeature['geometry']): readonly (readonly (readonly LonLat[])[])[] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
}

function boxed(corners: readonly LonLat[]): Ring {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [longitude, latitude] of corners) {
    west = Math.min(west, longitude)
    east = Math.max(east, longitude)
    south = Math.min(south, latitude)
    north = Math.max(north, latitude)
  }
  return { corners, west, south, east, north }
}

/** Whether a ray to the east crosses the ring an odd number of times. */
function around({ corners, west, south, east, north }: Ring, longitude: number, latitude: number): boolean {
  if (longitude < west || longitude > east || latitude < south || latitude > north) return false
  let inside = false
  for (let here = 0, before = corners.length - 1; here < corners.length; before = here++) {
    const [x1, y1] = corners[here]!
    const [x2, y2] = corners[before]!
    if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1)
      inside = !inside
  }
  return inside
}
