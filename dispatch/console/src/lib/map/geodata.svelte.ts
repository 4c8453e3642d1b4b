/** Borders and places, fetched once for the map and for what it tells as text. */
import type { Ground } from './adapter'
import { Areas, type AreaCollection, type LineCollection } from './areas'
import type { Position } from '../wire'
import { radiusOf } from './drawn'
import { whereabouts, type Place, type Whereabouts } from './places'

const AGAIN_MS = 10_000 // after a fetch that failed

interface Known {
  readonly ground: Ground
  readonly areas: Areas
  /** Whose data they are. */
  readonly credit: string
}

class Geodata {
  known = $state.raw<Known | null>(null)
  failed = $state(false)
  #fetching = false
  #found = new WeakMap<Position, Whereabouts>()

  /** Fetch them, unless they are here or on the way; what fails is tried again. */
  async want(): Promise<void> {
    if (this.known || this.#fetching) return
    this.#fetching = true
    try {
      const [centres, cantons, places] = await Promise.all([
        read<AreaCollection & { attribution?: string }>('centres'),
        read<LineCollection>('cantons'),
        read<readonly Place[]>('places'),
      ])
      const ground = { centres, cantons, places }
      this.known = { ground, areas: new Areas(centres), credit: centres.attribution ?? '' }
      this.failed = false
    } catch {
      this.failed = true
      setTimeout(() => void this.want(), AGAIN_MS)
    } finally {
      this.#fetching = false
    }
  }

  /** Where a position lies; null while that cannot be told. */
  whereabouts(position: Position): Whereabouts | null {
    if (!this.known) return null
    const { areas, ground } = this.known
    const found = this.#found.get(position) ?? whereabouts(areas, ground.places, position, radiusOf(position))
    this.#found.set(position, found)
    return found
  }
}

async function read<Content>(name: string): Promise<Content> {
  const answer = await fetch(`/geodata/${name}.json`)
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}`)
  return (await answer.json()) as Content
}

export const geodata = new Geodata()
