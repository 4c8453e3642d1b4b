/** So many at once, and then so many a second; time is an argument. */
export class Allowance {
  #left: number
  #at: number | null = null

  constructor(
    private readonly atOnce: number,
    private readonly perS: number,
  ) {
    this.#left = atOnce
  }

  /** How many of `wanted` may be had now; they are taken. */
  take(wanted: number, now: number): number {
    const passed = this.#at === null ? 0 : Math.max(0, now - this.#at)
    this.#at = now
    this.#left = Math.min(this.atOnce, this.#left + passed * this.perS)
    const taken = Math.min(wanted, Math.floor(this.#left))
    this.#left -= taken
    return taken
  }
}
