/** A perimeter as it is typed and drawn, and as the wire has it. */
import { coordinates, distance } from '../format'
import type { DrawnArea } from '../map/drawn'
import type { LonLat } from '../map/geometry'
import type { PerimeterTally, PerimeterTerms, PerimeterView, TamperedNear, VictimTold } from '../wire'
import { placeOf } from './circumstances'
import { instant } from './dates'
import type { CaseworkWords } from './words/shape'

type Area = PerimeterTerms['area']
export type Shape = Area['shape']

export const SHAPES: readonly Shape[] = ['circle', 'polygon', 'victim']
export const TOLD: readonly VictimTold[] = ['never', 'on_breach', 'on_pre_alert']
export const TAMPERED: readonly TamperedNear[] = ['notice', 'alarm']

/** What stands in the fields: the map reads and writes the same text. */
export interface AreaDraft {
  shape: Shape
  /** `51.054, 3.721`. */
  place: string
  radius: string
  /** One corner a line. */
  corners: string
  ring: string
}

/** Everything that the form of a perimeter holds. */
export interface PerimeterDraft extends AreaDraft {
  name: string
  bound: readonly string[]
  from: string
  until: string
  victimTold: string
  tamperedNear: string
}

/** What its form begins with: the terms as they are, or those that a new one has unless somebody says otherwise. */
export function draftOf(terms: PerimeterTerms | null, today: string): PerimeterDraft {
  const area = terms?.area
  return {
    name: terms?.name ?? '',
    shape: area?.shape ?? 'circle',
    place: area?.shape === 'circle' ? coordinates(area.latitude, area.longitude) : '',
    radius: area && area.shape !== 'polygon' ? String(area.radius_m) : '500',
    corners:
      area?.shape === 'polygon'
        ? linesOf(area.corners.map((one): LonLat => [one.longitude, one.latitude]))
        : '',
    ring: terms?.ring_m ? String(terms.ring_m) : '',
    bound: terms?.trackers ?? [],
    from: terms?.starts_on ?? today,
    until: terms?.ends_on ?? '',
    victimTold: terms?.victim_told ?? 'never',
    tamperedNear: terms?.tampered_near ?? 'notice',
  }
}

/** The corners that stand in lines; what is no pair of numbers is left out, and the rest drawn all the same. */
export function cornersOf(text: string): { readonly latitude: number; readonly longitude: number }[] {
  return text.split('\n').flatMap((line) => {
    const [latitude, longitude] = placeOf(line)
    return latitude === null || longitude === null ? [] : [{ latitude, longitude }]
  })
}

export function linesOf(corners: readonly LonLat[]): string {
  return corners.map(([longitude, latitude]) => coordinates(latitude, longitude)).join('\n')
}

/** What is sent of it; what is no number is sent as 0, which the gateway refuses by its field. */
export function areaOf({ shape, place, radius, corners }: AreaDraft): Area {
  const radius_m = Number(radius) || 0
  if (shape === 'victim') return { shape, radius_m }
  if (shape === 'polygon') return { shape, corners: cornersOf(corners) } as Area
  const [latitude, longitude] = placeOf(place)
  return { shape, latitude, longitude, radius_m } as Area
}

/** What is sent of all of it. */
export function termsOf(draft: PerimeterDraft): object {
  return {
    name: draft.name,
    area: areaOf(draft),
    ring_m: draft.ring === '' ? null : Number(draft.ring) || 0,
    trackers: draft.bound,
    starts_on: draft.from,
    ends_on: draft.until,
    victim_told: draft.victimTold,
    tampered_near: draft.tamperedNear,
  }
}

/** What is drawn of it as far as it is there. */
export function drawnOf({ shape, place, radius, corners, ring }: AreaDraft): DrawnArea {
  const [latitude, longitude] = placeOf(place)
  const circled = shape === 'circle' && latitude !== null && longitude !== null
  const radiusM = shape === 'circle' ? Number(radius) || 0 : 0
  return {
    middle: circled ? [longitude, latitude] : null,
    radiusM,
    corners:
      shape === 'polygon' ? cornersOf(corners).map((one): LonLat => [one.longitude, one.latitude]) : [],
    ringM: Number(ring) || radiusM,
  }
}

/** How often somebody came near and in, in words. */
export function tallySaid(tally: PerimeterTally, words: CaseworkWords, locale: string): string {
  const said = words.perimeters.tally
  const { approaches, possible_breaches, breaches, last_at } = tally
  if (last_at === null) return said.none
  return `${said.said(approaches, possible_breaches, breaches)} · ${said.last(instant(last_at, locale))}`
}

/** Where it forbids somebody to be, in words. */
export function areaSaid(
  { terms, zone_radius_m }: Pick<PerimeterView, 'terms' | 'zone_radius_m'>,
  words: CaseworkWords,
  locale: string,
): string {
  const said = words.perimeters
  if (!terms) return said.unreadable
  const { area } = terms
  const reach = distance(zone_radius_m ?? 0, locale)
  if (area.shape === 'victim') return said.area.victim(reach)
  if (area.shape === 'polygon') return said.area.polygon(area.corners.length, reach)
  return said.area.circle(reach, coordinates(area.latitude, area.longitude))
}
