/** Keeps a supervisor's overview fresh while somebody looks at it, and says since when it is not. */
import type { Console } from './console.svelte'
import { slugOf } from './sign_in'
import type { Overview, Problem, ProblemSlug } from './wire'

export const SHOWN_S = 2 // while the whole of it is on the screen
export const BESIDE_S = 10 // while only its count of matters is
export const STALE_S = 6 // as for the alarms: what is older says so
const ANSWER_S = 5

class Overseer {
  overview = $state.raw<Overview | null>(null)
  /** Why the last try failed. */
  problem = $state.raw<ProblemSlug | 'unreachable' | null>(null)
  /** When the overview came, in seconds on the page's own clock. */
  #cameAt = $state.raw(0)
  #every: number[] = []
  #stop: () => void = () => {}

  /** Ask each so many seconds until the returned function is called; of several, the shortest counts. */
  watch(seconds: number): () => void {
    this.#every = [...this.#every, seconds]
    void this.#look()
    return () => {
      this.#every = this.#every.toSpliced(this.#every.indexOf(seconds), 1)
      if (this.#every.length === 0) this.#forget()
    }
  }

  /** The database's clock, in milliseconds since 1970; 0 before the first overview. */
  now(desk: Console): number {
    return this.overview === null ? 0 : Date.parse(this.overview.as_of) + this.#ageS(desk) * 1000
  }

  /** Whether what is shown is too old to go by. */
  stale(desk: Console): boolean {
    return this.overview !== null && this.#ageS(desk) > STALE_S
  }

  #ageS(desk: Console): number {
    return Math.max(0, desk.at - this.#cameAt)
  }

  async #look(): Promise<void> {
    this.#stop()
    let abandoned = false
    this.#stop = () => (abandoned = true)
    await this.#ask(() => abandoned)
    if (abandoned || this.#every.length === 0) return
    const timer = setTimeout(() => void this.#look(), Math.min(...this.#every) * 1000)
    this.#stop = () => clearTimeout(timer)
  }

  async #ask(abandoned: () => boolean): Promise<void> {
    try {
      const response = await fetch('/v1/overview', { signal: AbortSignal.timeout(ANSWER_S * 1000) })
      const answer: unknown = await response.json()
      if (abandoned()) return
      if (response.ok) {
        this.overview = answer as Overview
        this.#cameAt = performance.now() / 1000
      }
      this.problem = response.ok ? null : slugOf(answer as Problem)
    } catch {
      if (!abandoned()) this.problem = 'unreachable'
    }
  }

  /** Nobody looks any more: what was shown must not come back as if it were new. */
  #forget(): void {
    this.#stop()
    this.overview = null
    this.problem = null
  }
}

export const overseer = new Overseer()
