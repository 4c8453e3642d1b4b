/** Something that is asked for again whenever it may have changed, but never often. */

export const GAP_MS = 2000 // between two answers: an alarm that moves each second asks every other
export const SETTLE_MS = 150 // who walks through a list with an arrow key asks for where she stops

/**
 * Asks at most one thing at a time, and again only `GAP_MS` after it was answered.
 *
 * `show` is told each answer; null: it cannot be had now. Whatever comes after `stop` is dropped.
 */
export class Rereading<Found> {
  #wanted = false
  #stopped = false
  #asking = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly ask: () => Promise<Found | null>,
    private readonly show: (found: Found | null) => void,
  ) {}

  /** It may have changed. */
  want(): void {
    this.#wanted = true
    if (!this.#asking && this.#timer === undefined) this.#after(SETTLE_MS)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #after(wait: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#wanted) void this.#read()
    }, wait)
  }

  async #read(): Promise<void> {
    this.#wanted = false
    this.#asking = true
    const found = await this.ask()
    this.#asking = false
    if (this.#stopped) return
    this.show(found)
    this.#after(GAP_MS)
  }
}

/** What the gateway answers to a GET, or null. */
export async function fetched<Found>(path: string): Promise<Found | null> {
  try {
    const response = await fetch(path)
    return response.ok ? ((await response.json()) as Found) : null
  } catch {
    return null
  }
}
