/** The perimeter of the chosen alarm: fetched once, forgotten with the choice. */
import type { PerimeterView, Position } from '../wire'
import type { DrawnZone } from './drawn'
import { circle, type LonLat } from './geometry'

const AGAIN_MS = 5_000

class SelectedZone {
  known = $state.raw<PerimeterView | null>(null)
  failed = $state(false)
  #wanted: string | null = null
  #retry: ReturnType<typeof setTimeout> | undefined

  /** Know this one from here on; null: none. */
  show(perimeterId: string | null): void {
    if (this.#wanted === perimeterId) return
    clearTimeout(this.#retry)
    this.#wanted = perimeterId
    this.known = null
    this.failed = false
    if (perimeterId !== null) void this.#fetch(perimeterId)
  }

  async #fetch(perimeterId: string): Promise<void> {
    try {
      const answer = await fetch(`/v1/perimeters/${perimeterId}`)
      if (!answer.ok) throw new Error(`the perimeter answered ${answer.status}`)
      const known = (await answer.json()) as PerimeterView
      if (this.#wanted !== perimeterId) return
      this.known = known
      this.failed = known.terms === null
    } catch {
      if (this.#wanted !== perimeterId) return
      this.failed = true
      this.#retry = setTimeout(() => void this.#fetch(perimeterId), AGAIN_MS)
    }
  }
}

export const selectedZone = new SelectedZone()

/** As it lies on the ground now; null where that is not known. `her` is where she is: a zone may move with her. */
export function drawnZone(view: PerimeterView | null, her: Position | undefined): DrawnZone | null {
  if (!view?.terms || view.zone_radius_m === null) return null
  const { area } = view.terms
  const reach = view.ring_reach_m ?? view.zone_radius_m
  if (area.shape === 'polygon') {
    const corners = area.corners.map(({ longitude, latitude }): LonLat => [longitude, latitude])
    return { zone: [...corners, corners[0]!], ring: null, bandM: reach - view.zone_radius_m }
  }
  const middle = area.shape === 'circle' ? area : her
  if (!middle) return null
  return { zone: circle(middle, area.radius_m), ring: circle(middle, reach), bandM: 0 }
}
