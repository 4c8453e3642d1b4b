/** Named places, and a point told by the nearest of them: what an operator says over the radio. */
import { distance } from '../format'
import type { Words } from '../words'
import type { Language } from '../words'
import type { Direction } from '../words/shape/map'
import { ABROAD, type Areas } from './areas'
import { bearingDeg, distanceM, type Point } from './geometry'

/** One of `places.json`. */
export interface Place {
  readonly name: string
  readonly names: Readonly<Partial<Record<Language, string>>>
  readonly lat: number
  readonly lon: number
  readonly population: number
  readonly centre: string | null
}

export interface Whereabouts {
  readonly centre: string | typeof ABROAD
  /** Where else she may be, as far as the radius reaches. */
  readonly reaches: readonly (string | typeof ABROAD)[]
  readonly near: { readonly place: Place; readonly metres: number; readonly direction: Direction } | null
}

const AT_M = 150 // nearer than what a place's own point is good for
const DEGREE_M = 111_320

export function nameOf(place: Place, language: Language): string {
  return place.names[language] ?? place.name
}

/** Where a point lies; the area of uncertainty where its radius is known. */
export function whereabouts(
  areas: Areas,
  places: readonly Place[],
  point: Point,
  radiusM: number | null,
): Whereabouts {
  const place = nearest(places, point)
  const from = place && { latitude: place.lat, longitude: place.lon }
  return {
    centre: areas.at(point),
    reaches: radiusM ? areas.reached(point, radiusM) : [],
    near: from && {
      place,
      metres: distanceM(from, point),
      direction: (Math.round(bearingDeg(from, point) / 45) % 8) as Direction,
    },
  }
}

/** The nearest place; on so small a part of the Earth a plane tells which. */
export function nearest(places: readonly Place[], { latitude, longitude }: Point): Place | null {
  const east = Math.cos((latitude * Math.PI) / 180)
  let [found, least]: [Place | null, number] = [null, Infinity]
  for (const place of places) {
    const squared = (place.lat - latitude) ** 2 + ((place.lon - longitude) * east) ** 2
    if (squared < least) [found, least] = [place, squared]
  }
  return found && Math.sqrt(least) * DEGREE_M < 400_000 ? found : null
}

/** `1.2 km north-east of Gent, East Flanders`. */
export function told({ centre, near }: Whereabouts, language: Language, words: Words): string {
  const where = centre === ABROAD ? words.map.place.abroad : (words.centre[centre] ?? centre)
  if (!near) return where
  return `${toldNear(near, language, words)}, ${where}`
}

/** Where else she may be, in a sentence each. */
export function toldReaches({ reaches }: Whereabouts, words: Words): readonly string[] {
  const centres = reaches
    .filter((centre) => centre !== ABROAD)
    .map((centre) => words.centre[centre] ?? centre)
  return [
    ...(centres.length > 0 ? [words.map.place.reaches(centres.join(', '))] : []),
    ...(reaches.includes(ABROAD) ? [words.map.place.reachesAbroad] : []),
  ]
}

function toldNear(near: NonNullable<Whereabouts['near']>, language: Language, words: Words): string {
  const name = nameOf(near.place, language)
  if (near.metres < AT_M) return words.map.place.at(name)
  return words.map.place.from(distance(near.metres, words.locale), near.direction, name)
}
