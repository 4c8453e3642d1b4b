/** Alarms that one centre's stream has closed and another's has not yet. The twin of `dispatch/closings.py`. */
import type { AlarmView } from './wire'

interface Closing {
  readonly version: number
  /** Who has not told it yet; true: attached again since it was known. */
  readonly awaited: Map<string, boolean>
}

/** The version at which each alarm was closed, until every centre that may show it has got there. */
export class Closings {
  #closings = new Map<string, Closing>()

  /** Whether this image is older than a closing that is known. */
  hides(alarm: AlarmView): boolean {
    const closing = this.#closings.get(alarm.alarm_id)
    return closing !== undefined && alarm.version <= closing.version
  }

  /** Note that `centre` told a closing; those `behind` may still show what went before it. */
  told(centre: string, closed: AlarmView, behind: readonly string[]): void {
    const closing = this.#closings.get(closed.alarm_id)
    if (!closing || closing.version < closed.version) {
      const awaited = new Map(behind.map((name) => [name, false]))
      this.#closings.set(closed.alarm_id, { version: closed.version, awaited })
    } else if (closing.version === closed.version) closing.awaited.delete(centre)
    this.#dropSettled()
  }

  /** Note that an attach of `centre` is on its way: what it leads to comes after these closings. */
  attached(centre: string): void {
    for (const { awaited } of this.#closings.values()) if (awaited.has(centre)) awaited.set(centre, true)
  }

  /** Note that `centre` has told all there was when it was last attached. */
  caughtUp(centre: string): void {
    for (const { awaited } of this.#closings.values()) if (awaited.get(centre)) awaited.delete(centre)
    this.#dropSettled()
  }

  /** Wait no more for a centre that is not among these. */
  keep(centres: readonly string[]): void {
    for (const { awaited } of this.#closings.values())
      for (const name of awaited.keys()) if (!centres.includes(name)) awaited.delete(name)
    this.#dropSettled()
  }

  #dropSettled(): void {
    for (const [alarmId, { awaited }] of this.#closings)
      if (awaited.size === 0) this.#closings.delete(alarmId)
  }
}
