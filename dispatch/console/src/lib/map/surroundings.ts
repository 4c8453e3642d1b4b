/** What a map without streets holds in view with her: a circle alone on a plain tells nobody where she is. */
import { distanceM, type Point } from './geometry'
import { nearest, type Place } from './places'

export const LEAST_ACROSS_M = 3_000 // a village with what is named around it; all streets would be seen at less
export const MOST_ACROSS_M = 10_000 // where no name is near: a border may be, and more would hide how she moves
const NAMED_WITHIN_M = 0.7 * MOST_ACROSS_M // words and buttons lie over the rest of the view

export interface Surroundings {
  /** How much the view's shorter side spans at least. */
  readonly acrossM: number
  /** Kept in view with its name; null where none is near enough. */
  readonly place: Place | null
}

export function surroundings(places: readonly Place[], point: Point): Surroundings {
  const place = nearest(places, point)
  if (place && distanceM({ latitude: place.lat, longitude: place.lon }, point) <= NAMED_WITHIN_M)
    return { acrossM: LEAST_ACROSS_M, place }
  return { acrossM: MOST_ACROSS_M, place: null }
}

/** Beside a symbol: as far as its label reaches to the right, and half a name to the left. */
const BESIDE_PX = { left: -70, right: 230 } as const
const LINE_PX = 8 // half a line of a label, whose middle is beside the symbol
const GAP_PX = 18 // half a name's height and what is free around it

/** By how many px a name moves up or down so that a symbol and its label, so far from it, do not lie over it. */
export function asidePx(rightPx: number, downPx: number, labelLines: number): number {
  const clear = Math.max(2, labelLines) * LINE_PX + GAP_PX
  if (rightPx < BESIDE_PX.left || rightPx > BESIDE_PX.right || Math.abs(downPx) >= clear) return 0
  return (downPx > 0 ? clear : -clear) - downPx
}
