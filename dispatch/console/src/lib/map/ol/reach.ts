/** Whether a basemap can be had: seen by what becomes of its tiles, told when that changes. */
import type UrlTile from 'ol/source/UrlTile'

const FAILED_IN_A_ROW = 3 // one may be missing at an edge

export class Reach {
  #there: boolean | null = null
  #failed = 0
  #tell: (there: boolean) => void = () => {}

  /** Watch a source; several make one basemap. */
  watch(source: Pick<UrlTile, 'on'>): void {
    source.on('tileloadend', () => this.came())
    source.on('tileloaderror', () => this.failed())
  }

  came(): void {
    this.#failed = 0
    this.#become(true)
  }

  failed(): void {
    this.#failed += 1
    if (this.#failed >= FAILED_IN_A_ROW || this.#there === null) this.#become(false)
  }

  onChange(tell: (there: boolean) => void): void {
    this.#tell = tell
    if (this.#there !== null) tell(this.#there)
  }

  #become(there: boolean): void {
    if (this.#there === there) return
    this.#there = there
    this.#tell(there)
  }
}
