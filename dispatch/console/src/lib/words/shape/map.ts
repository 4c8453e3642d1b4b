/** The words of the map and what it tells as text. */
import type { TrackingState } from '../../wire'

/** One of eight directions, clockwise from north. */
export type Direction = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface MapWords {
  title: string
  /** What the map is and the keys it takes, for who does not see it. */
  help: string
  loading: string
  schematic: string
  missing: { engine: string; basemap: string; geodata: string; track: string }
  zoomIn: string
  zoomOut: string
  all: string
  follow: { act: string; on: string; off: string }
  scale: (length: string) => string
  noPosition: (name: string) => string
  nothing: string
  counted: (shown: number, without: number) => string
  radiusUnknown: string
  place: {
    at: (place: string) => string
    from: (distance: string, direction: Direction, place: string) => string
    abroad: string
    reaches: (centres: string) => string
    reachesAbroad: string
    unknown: string
  }
  coordinates: { title: string; copy: string; copied: string; failed: string }
  tracking: Record<Exclude<TrackingState, 'live'>, string> & { left: (time: string) => string; due: string }
  asText: {
    open: string
    caption: string
    columns: { alarm: string; state: string; place: string; radius: string; age: string }
    none: string
  }
  fixes: {
    caption: (shown: number, all: number) => string
    columns: { age: string; place: string; radius: string; method: string }
    more: string
  }
}
