/** The words of an offender in, or near, a perimeter. */
import type { BreachStanding } from '../../breach'
import type { Direction } from './map'

export interface BreachWords {
  title: string
  /** What the map calls him. */
  offender: string
  offenderOf: (name: string) => string
  said: { inside: string; possible: (probability: string) => string; left: string }
  short: Record<BreachStanding, string>
  /** Shortest, beside his figure on the map. */
  label: Record<BreachStanding, string>
  /** `direction` null: not known; `fromPlace`: from the zone's middle, as it is not known where she is. */
  where: (distance: string, direction: Direction | null, fromPlace: boolean) => string
  approaching: string
  receding: string
  zone: (name: string) => string
  judged: (ago: string) => string
  unsure: string
  leftNote: string
  pressedToo: string
  notPressed: string
  /** Of a position that is a place on record. */
  onRecord: string
  whereUnknown: string
  position: string
  track: string
  drawn: {
    within: (radius: string, place: string) => string
    around: (radius: string) => string
    corners: (count: number, reach: string) => string
    ring: (reach: string) => string
    decision: (reference: string, authority: string) => string
    none: string
  }
}
