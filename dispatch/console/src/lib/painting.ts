/** Which alarms are still to be reported as drawn on this screen. The twin of `dispatch/painting.py`. */
import type { Cursor, Delivered } from './wire'

/** What is to be reported drawn, with the sequence that brought it, and reports that wait for a link. */
export class Painting {
  readonly unpainted = new Map<string, Delivered>()
  #heldBack: Delivered[] = []

  /** Note an alarm to be drawn, as the stream of `centre` brought it. */
  due(alarmId: string, centre: string, cursor: Cursor, at: string): void {
    this.unpainted.set(alarmId, {
      type: 'delivered',
      alarm_id: alarmId,
      centre,
      sequence: cursor.sequence,
      painted_at: at,
    })
  }

  /** The report of an alarm drawn, once; without a link it is held back. */
  painted(alarmId: string, at: string, linked: boolean): readonly Delivered[] {
    const waiting = this.unpainted.get(alarmId)
    if (!waiting) return []
    this.unpainted.delete(alarmId)
    const delivered = { ...waiting, painted_at: at }
    if (linked) return [delivered]
    this.#heldBack.push(delivered)
    return []
  }

  /** What was held back, of these centres. */
  released(centres: ReadonlyMap<string, unknown>): readonly Delivered[] {
    const heldBack = this.#heldBack
    this.#heldBack = []
    return heldBack.filter(({ centre }) => centres.has(centre))
  }

  /** Report no more of an alarm that left the board. */
  forget(alarmId: string): void {
    this.unpainted.delete(alarmId)
  }
}
