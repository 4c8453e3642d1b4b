/** Which chat lines were looked at on this screen, as counts by alarm; a new page has looked at none. */
export class Seen {
  #counts = $state.raw<ReadonlyMap<string, number>>(new Map())

  /** How many of an alarm's lines were looked at. */
  of(alarmId: string): number {
    return this.#counts.get(alarmId) ?? 0
  }

  unread({ alarm_id, messages }: { alarm_id: string; messages?: number }): number {
    return Math.max(0, (messages ?? 0) - this.of(alarm_id))
  }

  saw(alarmId: string, count: number): void {
    if (count > this.of(alarmId)) this.#counts = new Map(this.#counts).set(alarmId, count)
  }

  forget(): void {
    this.#counts = new Map()
  }
}
