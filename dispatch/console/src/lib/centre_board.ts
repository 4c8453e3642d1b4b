/** One centre of a console's picture: its cursor, and what is open there. The twin of `dispatch/centre_board.py`. */
import type {
  AlarmView,
  Cursor,
  Event,
  NoticeView,
  PositionFrame,
  ProtectionView,
  Snapshot,
  UnitView,
} from './wire'

/** The newest frame by alarm. */
type Placed = Map<string, PositionFrame>

/** How a centre last caught up: by a snapshot for `reason`, else by `replayed` events. */
export interface Resumption {
  readonly replayed: number
  readonly reason: Snapshot['reason'] | null
}

/**
 * What is open at one centre as its stream tells it, and whether that is all there is.
 *
 * `notices` are those nobody cleared, `protections` those that are not `protected`, `positions` the
 * newest frame of each alarm that has one, `offenders` that of each of its offenders, by his number.
 */
export class CentreBoard {
  cursor: Cursor | null = null
  alarms = new Map<string, AlarmView>()
  units = new Map<string, UnitView>()
  notices = new Map<string, NoticeView>()
  protections = new Map<string, ProtectionView>()
  positions: Placed = new Map()
  offenders = new Map<string, ReadonlyMap<number, PositionFrame>>()
  caughtUp = false
  resumption: Resumption | null = null
  /** When it was attached, or last moved on its way to caught up. */
  askedAt: number | null = null
  #parts: Snapshot[] = []
  #moved: Resumption = { replayed: 0, reason: null }

  /** Note that an attach is on its way. */
  ask(now: number): void {
    this.caughtUp = false
    this.askedAt = now
    this.#parts = []
    this.#moved = { replayed: 0, reason: null }
  }

  /** Expect nothing that was on its way: the link is gone. */
  letGo(): void {
    this.caughtUp = false
    this.askedAt = null
    this.#parts = []
  }

  /** Whether an event at `cursor` follows what is held. */
  isNext(cursor: Cursor): boolean {
    return this.cursor?.epoch === cursor.epoch && cursor.sequence === this.cursor.sequence + 1
  }

  /** Whether everything up to `cursor` is held. */
  has(cursor: Cursor): boolean {
    return this.cursor?.epoch === cursor.epoch && cursor.sequence <= this.cursor.sequence
  }

  /** Apply the next event, of whatever kind: what it carries replaces what was held of it. */
  apply(event: Event, now: number): void {
    this.cursor = event.cursor
    if (event.alarm) this.#putAlarm(event.alarm)
    if (event.unit) this.units.set(event.unit.unit_id, event.unit)
    if (event.notice) this.#putNotice(event.notice)
    if (event.protection) this.#putProtection(event.protection)
    if (!this.caughtUp) {
      this.askedAt = now
      this.#moved = { ...this.#moved, replayed: this.#moved.replayed + 1 }
    }
  }

  /** Keep a position that is the newest of an alarm that is open here; tell whether it was. */
  place(frame: PositionFrame): boolean {
    const theirs = this.offenders.get(frame.alarm_id)
    const held = frame.who === 'offender' ? theirs?.get(frame.number) : this.positions.get(frame.alarm_id)
    if (!this.alarms.has(frame.alarm_id)) return false
    if (held && Date.parse(frame.position.fixed_at) <= Date.parse(held.position.fixed_at)) return false
    if (frame.who === 'victim') this.positions.set(frame.alarm_id, frame)
    else this.offenders.set(frame.alarm_id, new Map([...(theirs ?? []), [frame.number, frame]]))
    return true
  }

  /** Keep one part of a snapshot; return the whole once the last is here and has replaced the centre. */
  collect(part: Snapshot, now: number): Snapshot | null {
    if (part.first) this.#parts = []
    else if (!sameCursor(this.#parts.at(-1)?.cursor, part.cursor)) {
      this.#parts = []
      return null
    }
    this.#parts.push(part)
    this.askedAt = now
    if (part.more) return null
    const parts = this.#parts
    this.#parts = []
    const whole = {
      ...part,
      first: true,
      alarms: parts.flatMap(({ alarms }) => alarms),
      units: parts.flatMap(({ units }) => units),
      notices: parts.flatMap(({ notices }) => notices),
      protections: parts.flatMap(({ protections }) => protections),
    }
    this.#replace(whole)
    return { ...whole, alarms: [...this.alarms.values()] }
  }

  /** Note that the gateway has sent all there is. */
  complete(): void {
    if (!this.caughtUp) this.resumption = this.#moved
    this.caughtUp = true
    this.askedAt = null
  }

  #replace(whole: Snapshot): void {
    this.cursor = whole.cursor
    this.alarms = new Map()
    this.notices = new Map()
    this.protections = new Map()
    for (const alarm of whole.alarms) this.#putAlarm(alarm)
    this.units = new Map(whole.units.map((unit) => [unit.unit_id, unit]))
    for (const notice of whole.notices) this.#putNotice(notice)
    for (const protection of whole.protections) this.#putProtection(protection)
    for (const placed of [this.positions, this.offenders])
      for (const alarmId of placed.keys()) if (!this.alarms.has(alarmId)) placed.delete(alarmId)
    this.#moved = { replayed: 0, reason: whole.reason }
  }

  #putAlarm(alarm: AlarmView): void {
    if (alarm.state === 'closed') {
      this.alarms.delete(alarm.alarm_id)
      this.positions.delete(alarm.alarm_id)
      this.offenders.delete(alarm.alarm_id)
    } else this.alarms.set(alarm.alarm_id, alarm)
  }

  #putNotice(notice: NoticeView): void {
    if (notice.cleared_at === null) this.notices.set(notice.notice_id, notice)
    else this.notices.delete(notice.notice_id)
  }

  #putProtection(protection: ProtectionView): void {
    if (protection.state === 'protected') this.protections.delete(protection.registration_id)
    else this.protections.set(protection.registration_id, protection)
  }
}

function sameCursor(one: Cursor | undefined, other: Cursor): boolean {
  return one?.epoch === other.epoch && one.sequence === other.sequence
}
