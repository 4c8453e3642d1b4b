/** Distances, directions and circles on the Earth's surface, as on a sphere: right to 0.6 %, as the gateway's. */

export interface Point {
  readonly latitude: number
  readonly longitude: number
}

/** Longitude before latitude, in degrees, as GeoJSON has it. */
export type LonLat = readonly [number, number]

const EARTH_RADIUS_M = 6_371_008.8 // mean radius of the WGS84 ellipsoid
const CORNERS = 72 // a circle of them is nowhere more than 0.1 % of its radius from the true one

export function distanceM(one: Point, other: Point): number {
  const [from, to] = [radians(one.latitude), radians(other.latitude)]
  const east = radians(other.longitude - one.longitude)
  const square = Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(east / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, square)))
}

/** In which direction `to` lies as seen from `from`: degrees clockwise from north. */
export function bearingDeg(from: Point, to: Point): number {
  const [start, end] = [radians(from.latitude), radians(to.latitude)]
  const east = radians(to.longitude - from.longitude)
  const angle = Math.atan2(
    Math.sin(east) * Math.cos(end),
    Math.cos(start) * Math.sin(end) - Math.sin(start) * Math.cos(end) * Math.cos(east),
  )
  return (degrees(angle) + 360) % 360
}

/** Where one gets from a point in a direction. */
export function destination(from: Point, bearing: number, metres: number): LonLat {
  const [latitude, towards, arc] = [radians(from.latitude), radians(bearing), metres / EARTH_RADIUS_M]
  const sine = Math.sin(latitude) * Math.cos(arc) + Math.cos(latitude) * Math.sin(arc) * Math.cos(towards)
  const east = Math.atan2(
    Math.sin(towards) * Math.sin(arc) * Math.cos(latitude),
    Math.cos(arc) - Math.sin(latitude) * sine,
  )
  return [from.longitude + degrees(east), degrees(Math.asin(sine))]
}

/** The area within a radius, as a closed ring: what no projection distorts. */
export function circle(centre: Point, radiusM: number, corners = CORNERS): LonLat[] {
  const ring = Array.from({ length: corners }, (_, corner) =>
    destination(centre, (corner * 360) / corners, radiusM),
  )
  return [...ring, ring[0]!]
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI
}
