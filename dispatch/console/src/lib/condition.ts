/** Tells the gateway how this console is, and measures by its answers how long the way there and back takes. */
import type { Condition } from './wire'

/** How the console is, on its own clock: `silentUntil` in seconds. */
export interface How extends Pick<Condition, 'sound' | 'visible' | 'awake' | 'wall'> {
  readonly silentUntil: number | null
}

const MOST_LAG_MS = 3_600_000 // of the contract

export class Reporting {
  #last: string | null = null
  #sentAt: number[] = []
  #lagMs: number | null = null
  #silence: { readonly until: number; readonly instant: string } | null = null

  /**
   * What to send now: nothing, unless it is `due` or something changed since it was last said on this link.
   * `instant` writes a time of this console's clock as the gateway's.
   */
  say(how: How, now: number, due: boolean, instant: (at: number) => string): readonly Condition[] {
    const said = JSON.stringify(how)
    if (!due && said === this.#last) return []
    this.#last = said
    this.#sentAt.push(now)
    const { silentUntil, ...rest } = how
    const lag_ms = this.lagMs(now)
    return [{ type: 'condition', ...rest, silenced_until: this.#silenced(silentUntil, instant), lag_ms }]
  }

  /** One instant for one silence, although the clocks drift: each that is told is recorded. */
  #silenced(until: number | null, instant: (at: number) => string): string | null {
    if (until === null) this.#silence = null
    else if (this.#silence?.until !== until) this.#silence = { until, instant: instant(until) }
    return this.#silence?.instant ?? null
  }

  /** Take the answer to the oldest that has none yet. */
  noted(now: number): void {
    const sentAt = this.#sentAt.shift()
    if (sentAt !== undefined) this.#lagMs = (now - sentAt) * 1000
  }

  /** How long the way there and back takes, in ms: at least as long as the oldest has no answer. */
  lagMs(now: number): number | null {
    const [oldest] = this.#sentAt
    const waited = oldest === undefined ? 0 : (now - oldest) * 1000
    if (this.#lagMs === null) return waited > 1000 ? Math.min(waited, MOST_LAG_MS) : null
    return Math.min(Math.max(this.#lagMs, waited), MOST_LAG_MS)
  }

  /** Forget what was on its way: the link is gone. */
  lost(): void {
    this.#last = null
    this.#sentAt = []
    this.#lagMs = null
  }
}
