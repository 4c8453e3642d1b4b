/**
 * What one console knows: frames and time in, the picture and the frames to send out.
 *
 * No DOM, no WebSocket, no clock: whoever has the link feeds this and sends what it returns. The twin of
 * `dispatch/board.py`, which states the rules; both are held to the cases in `tests/cases/board`.
 */
import { alarmOf, Asking, type Asked, type Command } from './asking'
import type { CentreBoard } from './centre_board'
import { Painting } from './painting'
import { Picture } from './picture'
import { Unstored } from './unstored'
import type {
  AlarmView,
  Attach,
  CaughtUp,
  ConsoleFrame,
  Cursor,
  Delivered,
  Event,
  OperatorView,
  PositionFrame,
  Provisional,
  ProvisionalOver,
  Reset,
  ServerFrame,
  Snapshot,
  Welcome,
} from './wire'

export const STALE_AFTER_S = 6 // a heartbeat (5 s) and a second for the network
export const LOST_AFTER_S = 1 // a link that is back at once is not worth a red bar
export const ASK_AGAIN_S = 2 // an attach that moved nothing for so long is sent again

const WORTH_A_DELIVERY: ReadonlySet<Event['kind']> = new Set(['alarm.raised', 'alarm.pressed_again'])

/**
 * Frames to send now, and what was applied: events and snapshots made whole, or a newer position. `kept`: a
 * press that is only kept and was not known, or the end of one that was.
 */
export interface Reaction {
  readonly send: readonly ConsoleFrame[]
  readonly applied: readonly (Event | Snapshot)[]
  readonly placed: PositionFrame | null
  readonly kept: Provisional | ProvisionalOver | null
}

const NOTHING: Reaction = { send: [], applied: [], placed: null, kept: null }

/**
 * One console's picture of its centres.
 *
 * `wanted` narrows what is followed; empty means every centre of the signed-in operator. `foreign` are the
 * centres that were wanted or followed and are not this operator's.
 * Times are seconds on any clock that never goes back.
 */
export class Board {
  operator: OperatorView | null = null
  foreign: readonly string[] = []
  linked = false
  lostAt: number | null = null
  asOf: number | null = null
  ignored = 0
  gaps = 0
  #picture = new Picture()
  #painting = new Painting()
  #asking = new Asking()
  #unstored = new Unstored()
  #node = ''

  constructor(
    readonly console: string,
    private readonly wanted: readonly string[] = [],
  ) {}

  /** Take one frame from the gateway. */
  receive(frame: ServerFrame, now: number): Reaction {
    const reaction = this.#react(frame, now)
    const centres = [...this.centres.values()]
    if (centres.length > 0 && centres.every(({ caughtUp }) => caughtUp)) this.asOf = now
    return reaction
  }

  /** Note that the link is gone; cursors and what is held stay, to be resumed from. */
  disconnected(now: number): void {
    if (this.linked) {
      this.linked = false
      this.lostAt = now
    }
    for (const centre of this.centres.values()) centre.letGo()
  }

  /** Give up commands that nobody answered. */
  tick(now: number): void {
    this.#asking.tick(now, (alarmId) => this.find(alarmId) !== undefined)
  }

  /**
   * Ask for what a command says; nothing without a link or with a request id that is in use.
   *
   * It is repeated once after each lost link while it is younger than `ANSWER_WAIT_S`, and never after an
   * answer, whatever that was. One that nobody answered may be asked again.
   */
  ask(command: Command, now: number): readonly ConsoleFrame[] {
    return this.linked && this.#asking.ask(command, now) ? [command] : []
  }

  /** Ask for a raised alarm; nothing without a link, for one that is taken, or while asking already. */
  acknowledge(alarmId: string, requestId: string, now: number): readonly ConsoleFrame[] {
    const alarm = this.find(alarmId)
    if (alarm?.state !== 'raised' || this.#asking.waitsFor('acknowledge', alarmId)) return []
    return this.ask(
      {
        type: 'acknowledge',
        request_id: requestId,
        alarm_id: alarmId,
        expected_version: alarm.version,
      },
      now,
    )
  }

  /** Report an alarm drawn, once for each press; held back until there is a link. */
  painted(alarmId: string, at: string): readonly ConsoleFrame[] {
    return this.#painting.painted(alarmId, at, this.linked)
  }

  /** What is followed, and how each centre's own stream stands. */
  get centres(): ReadonlyMap<string, CentreBoard> {
    return this.#picture.centres
  }

  /** Whether the picture may be older than what the gateway has (`asOf` says how old). */
  stale(now: number): boolean {
    if (this.asOf === null || now - this.asOf > STALE_AFTER_S) return true
    return !this.linked && this.lostAt !== null && now - this.lostAt > LOST_AFTER_S
  }

  /** Every open alarm once, at its highest version, centre by centre. */
  openAlarms(): AlarmView[] {
    return this.#picture.openAlarms()
  }

  /** An open alarm as the stream that is furthest tells it. */
  find(alarmId: string): AlarmView | undefined {
    return this.#picture.find(alarmId)
  }

  /** The newest position frame of each open alarm that has one; what came with a press is in it. */
  positions(): ReadonlyMap<string, PositionFrame> {
    return new Map(
      this.openAlarms().flatMap(({ alarm_id }) => {
        const told = this.#picture.position(alarm_id)
        return told ? [[alarm_id, told] as const] : []
      }),
    )
  }

  /** The same of each of its offenders, in their order; what came with a breach is in the alarm. */
  offenders(): ReadonlyMap<string, readonly PositionFrame[]> {
    return new Map(
      this.openAlarms().flatMap(({ alarm_id }) => {
        const told = this.#picture.offenders(alarm_id)
        return told.length > 0 ? [[alarm_id, told] as const] : []
      }),
    )
  }

  /** The presses that are only kept, not in the database yet, those told first first. */
  provisionals(): readonly Provisional[] {
    return this.#unstored.presses()
  }

  /** The alarms that are still to be reported drawn; `painted_at` is when that became due. */
  get unpainted(): ReadonlyMap<string, Delivered> {
    return this.#painting.unpainted
  }

  /** What was asked and became of it, by request id, the oldest first. */
  get commands(): ReadonlyMap<string, Asked> {
    return this.#asking.asked
  }

  #react(frame: ServerFrame, now: number): Reaction {
    switch (frame.type) {
      case 'welcome':
        return sending(this.#welcomed(frame, now))
      case 'heartbeat': {
        const asks = Object.entries(frame.heads).flatMap(([name, head]) => this.#askIfBehind(name, head, now))
        return sending([{ type: 'pong' }, ...asks])
      }
      case 'result':
      case 'refused':
        this.#asking.answered(frame)
        return NOTHING
      case 'provisional':
        if (!this.centres.has(frame.centre) || !this.#unstored.take(frame, this.openAlarms())) return NOTHING
        return { ...NOTHING, kept: frame }
      case 'provisional_over':
        return this.#unstored.over(frame) ? { ...NOTHING, kept: frame } : NOTHING
      case 'event':
      case 'snapshot':
      case 'position':
      case 'caught_up':
      case 'reset': {
        const centre = this.centres.get(frame.centre)
        if (centre) return this.#ofCentre(centre, frame, now)
        this.ignored += 1
        return NOTHING
      }
      default:
        return NOTHING
    }
  }

  #ofCentre(
    centre: CentreBoard,
    frame: Event | Snapshot | PositionFrame | CaughtUp | Reset,
    now: number,
  ): Reaction {
    switch (frame.type) {
      case 'event':
        return this.#event(centre, frame, now)
      case 'snapshot':
        return this.#snapshot(centre, frame, now)
      case 'position':
        return this.find(frame.alarm_id) && centre.place(frame) ? { ...NOTHING, placed: frame } : NOTHING
      case 'caught_up':
        if (!centre.has(frame.cursor)) return sending(this.#gap(frame.centre, centre, now))
        centre.complete()
        this.#picture.closings.caughtUp(frame.centre)
        this.#unstored.caughtUp(frame.centre, this.#node)
        return sending(this.#asking.repeated(now, (asked) => this.#isDue(asked, centre)))
      case 'reset':
        centre.ask(now)
        return NOTHING
    }
  }

  #welcomed(frame: Welcome, now: number): readonly ConsoleFrame[] {
    if (this.operator !== null && this.operator.operator_id !== frame.operator.operator_id) this.#beginAnew()
    this.linked = true
    this.operator = frame.operator
    this.#node = frame.node
    this.#asking.beginLink()
    const theirs = frame.operator.centres
    const known = new Set([...this.wanted, ...this.foreign, ...this.centres.keys()])
    this.foreign = [...known].filter((name) => !theirs.includes(name))
    const followed = this.wanted.length > 0 ? this.wanted.filter((name) => theirs.includes(name)) : theirs
    this.#picture.follow(followed)
    this.#unstored.keep(followed)
    return [...this.#attach(followed, now), ...this.#painting.released(this.centres)]
  }

  #beginAnew(): void {
    this.#picture = new Picture()
    this.#painting = new Painting()
    this.#asking = new Asking()
    this.#unstored = new Unstored()
    this.foreign = []
    this.asOf = null
  }

  #attach(names: readonly string[], now: number): readonly ConsoleFrame[] {
    if (names.length === 0) return []
    const cursors: Attach['cursors'] = {}
    for (const name of names) {
      const centre = this.centres.get(name)
      if (centre?.cursor) cursors[name] = centre.cursor
      centre?.ask(now)
      this.#picture.closings.attached(name)
      this.#unstored.attached(name)
    }
    return [{ type: 'attach', console: this.console, centres: [...names], cursors }]
  }

  #event(centre: CentreBoard, event: Event, now: number): Reaction {
    if (centre.has(event.cursor)) {
      this.ignored += 1
      return NOTHING
    }
    if (!centre.isNext(event.cursor)) return sending(this.#gap(event.centre, centre, now))
    const before = event.alarm ? this.find(event.alarm.alarm_id) : undefined
    centre.apply(event, now)
    if (event.alarm) this.#unstored.stored(event.alarm)
    if (event.alarm) this.#alarmChanged(event, event.alarm, before)
    return { ...NOTHING, applied: [event] }
  }

  #alarmChanged(event: Event, alarm: AlarmView, before: AlarmView | undefined): void {
    if (alarm.state === 'closed') this.#picture.closed(event.centre, alarm)
    const shown = this.find(alarm.alarm_id)
    if (!shown) this.#forget(alarm.alarm_id)
    else if (!before || shown.version > before.version) {
      const comesUp = !before && shown.state === 'raised'
      if (comesUp || WORTH_A_DELIVERY.has(event.kind))
        this.#painting.due(shown.alarm_id, event.centre, event.cursor, event.at)
    }
  }

  #snapshot(centre: CentreBoard, part: Snapshot, now: number): Reaction {
    const before = new Set(this.openAlarms().map(({ alarm_id }) => alarm_id))
    const whole = centre.collect(part, now)
    if (!whole) return NOTHING
    for (const alarmId of before) if (!this.find(alarmId)) this.#forget(alarmId)
    for (const alarm of this.openAlarms()) {
      this.#unstored.stored(alarm)
      if (!before.has(alarm.alarm_id) && alarm.state === 'raised')
        this.#painting.due(alarm.alarm_id, whole.centre, whole.cursor, alarm.raised_at)
    }
    return { ...NOTHING, applied: [whole] }
  }

  #askIfBehind(name: string, head: Cursor, now: number): readonly ConsoleFrame[] {
    const centre = this.centres.get(name)
    return !centre || (centre.caughtUp && centre.has(head)) ? [] : this.#gap(name, centre, now)
  }

  #gap(name: string, centre: CentreBoard, now: number): readonly ConsoleFrame[] {
    if (centre.askedAt !== null && now - centre.askedAt < ASK_AGAIN_S) return []
    this.gaps += 1
    return this.#attach([name], now)
  }

  /** Whether a command can be repeated now that `centre` has caught up. */
  #isDue(asked: Asked, centre: CentreBoard): boolean {
    const alarmId = alarmOf(asked)
    if (alarmId === null || centre.alarms.has(alarmId)) return true
    return [...this.centres.values()].every(({ alarms }) => !alarms.has(alarmId))
  }

  #forget(alarmId: string): void {
    this.#asking.forget(alarmId)
    this.#painting.forget(alarmId)
  }
}

function sending(send: readonly ConsoleFrame[]): Reaction {
  return { ...NOTHING, send }
}
