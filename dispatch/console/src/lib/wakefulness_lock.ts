/** Keeps the workstation's screen from going dark while the page is in front. */

/** `refused`: by the browser or the system; `unavailable`: not in this browser, or not over plain http. */
export type LockState = 'held' | 'refused' | 'unavailable' | 'not_yet'

/** A browser gives the lock up when the page is hidden; it is asked for again when that is over. */
export class WakefulnessLock {
  state: LockState = 'not_yet'
  #lock: WakeLockSentinel | null = null
  #asking = false
  #open = true

  constructor(
    private readonly page: Document,
    private readonly locks: WakeLock | undefined,
    private readonly changed: () => void,
  ) {}

  /** Hold the lock if it can be had now. */
  async hold(): Promise<void> {
    if (!this.locks) return this.#become('unavailable')
    if (!this.#open || this.#lock || this.#asking || this.page.visibilityState !== 'visible') return
    this.#asking = true
    try {
      this.#lock = await this.locks.request('screen')
      this.#lock.addEventListener('release', () => {
        this.#lock = null
        this.#become('not_yet')
      })
      this.#become('held')
      if (!this.#open) this.close()
    } catch {
      this.#become('refused')
    } finally {
      this.#asking = false
    }
  }

  close(): void {
    this.#open = false
    void this.#lock?.release().catch(() => undefined)
  }

  #become(state: LockState): void {
    if (this.state === state) return
    this.state = state
    this.changed()
  }
}
