/**
 * Parts of the screen that are not needed for the first alarm to be seen.
 *
 * They are fetched beside the work, so that they are here when the link is not, and when a newer version
 * has taken their place at the gateway.
 */
export const AGAIN_MS = 2000

/** A component that is fetched once, however often it is asked for, and again while it cannot be had. */
export class Part<Fetched> {
  component = $state.raw<Fetched>()
  /** Whether it could not be had so far. */
  missing = $state(false)
  #asked = false

  constructor(private readonly load: () => Promise<{ readonly default: Fetched }>) {}

  async fetch(): Promise<void> {
    if (this.#asked) return
    this.#asked = true
    while (this.component === undefined) {
      try {
        this.component = (await this.load()).default
        this.missing = false
      } catch {
        this.missing = true
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }
}
