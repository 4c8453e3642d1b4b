/**
 * Presses that this console was told of and that are not in the database yet. The twin of
 * `dispatch/unstored.py`, which says when they end.
 */
import type { AlarmView, Provisional, ProvisionalOver } from './wire'

/** A press as it was told last; by centre whether it was told again since that was attached. */
interface Told {
  frame: Provisional
  readonly sinceAttached: Map<string, boolean>
}

export class Unstored {
  readonly #told = new Map<string, Told>()
  readonly #of = new Map<string, Set<string>>()

  /** Each press once, those told first first. */
  presses(): Provisional[] {
    return [...this.#told.values()].map(({ frame }) => frame)
  }

  /** Hear of one; false where it was known, or `alarms` have it already. */
  take(frame: Provisional, alarms: readonly AlarmView[]): boolean {
    const told = this.#told.get(frame.press_id)
    if (told) {
      told.frame = frame
      told.sinceAttached.set(frame.centre, true)
      return false
    }
    if (alarms.some((alarm) => has(alarm, frame))) return false
    this.#told.set(frame.press_id, { frame, sinceAttached: new Map([[frame.centre, true]]) })
    const of = this.#of.get(frame.alarm.registration_id)
    if (of) of.add(frame.press_id)
    else this.#of.set(frame.alarm.registration_id, new Set([frame.press_id]))
    return true
  }

  /** Hear that one is stored, which holds for every centre; false where it was not known. */
  over({ press_id }: ProvisionalOver): boolean {
    return this.#drop(press_id)
  }

  /** Drop what an alarm has. */
  stored(alarm: AlarmView): void {
    for (const pressId of [...(this.#of.get(alarm.registration_id) ?? [])])
      if (has(alarm, this.#told.get(pressId)!.frame)) this.#drop(pressId)
  }

  /** Note that an attach of `centre` is on its way: what lasts is told again. */
  attached(centre: string): void {
    for (const { sinceAttached } of this.#told.values())
      if (sinceAttached.has(centre)) sinceAttached.set(centre, false)
  }

  /** Drop of this centre what `node` keeps no more: it has not told it again. */
  caughtUp(centre: string, node: string): void {
    for (const told of [...this.#told.values()])
      if (told.frame.node === node && told.sinceAttached.get(centre) === false) this.#leave(told, centre)
  }

  /** Drop what is of none of these centres. */
  keep(centres: readonly string[]): void {
    for (const told of [...this.#told.values()])
      for (const centre of [...told.sinceAttached.keys()])
        if (!centres.includes(centre)) this.#leave(told, centre)
  }

  #leave({ frame, sinceAttached }: Told, centre: string): void {
    sinceAttached.delete(centre)
    if (sinceAttached.size === 0) this.#drop(frame.press_id)
  }

  #drop(pressId: string): boolean {
    const told = this.#told.get(pressId)
    if (!told) return false
    this.#told.delete(pressId)
    const { registration_id } = told.frame.alarm
    const of = this.#of.get(registration_id)
    of?.delete(pressId)
    if (of?.size === 0) this.#of.delete(registration_id)
    return true
  }
}

function has(alarm: AlarmView, { alarm: pressed }: Provisional): boolean {
  return (
    alarm.registration_id === pressed.registration_id &&
    Date.parse(alarm.last_pressed_at) >= Date.parse(pressed.last_pressed_at)
  )
}
