/**
 * What one console knows: frames and time in, the open alarms and the frames to send out.
 *
 * No DOM, no WebSocket, no clock: whoever has the link feeds this and sends what it returns. The twin of
 * `dispatch/board.py`, which states the rules; both are held to the cases in `tests/cases/board`.
 */
import type {
  Acknowledge,
  AlarmView,
  Attach,
  CaughtUp,
  ConsoleFrame,
  Cursor,
  Delivered,
  Event,
  OperatorView,
  Refused,
  Reset,
  Result,
  ServerFrame,
  Snapshot,
  Welcome,
} from './wire'

export const STALE_AFTER_S = 6 // a heartbeat (5 s) and a second for the network
export const LOST_AFTER_S = 1 // a link that is back at once is not worth a red bar
export const ASK_AGAIN_S = 2 // an attach that moved nothing for so long is sent again
export const ANSWER_WAIT_S = 10 // an acknowledgement unanswered for so long is given up, never sent late

const WORTH_A_DELIVERY: ReadonlySet<Event['kind']> = new Set(['alarm.raised', 'alarm.pressed_again'])

export type Outcome = 'asked' | 'done' | 'refused' | 'unanswered'

/** The last acknowledgement asked for an alarm, and its answer; `refusal` only when refused. */
export interface Command {
  readonly frame: Acknowledge
  readonly askedAt: number
  readonly outcome: Outcome
  readonly refusal: Refused | null
}

/** How a centre last caught up: by a snapshot for `reason`, else by `replayed` events. */
export interface Resumption {
  readonly replayed: number
  readonly reason: Snapshot['reason'] | null
}

/** Frames to send now, and what was applied: events, and snapshots made whole. */
export interface Reaction {
  readonly send: readonly ConsoleFrame[]
  readonly applied: readonly (Event | Snapshot)[]
}

const NOTHING: Reaction = { send: [], applied: [] }

/** One centre: its cursor, its open alarms, and whether they are all there are. */
export class CentreBoard {
  cursor: Cursor | null = null
  alarms = new Map<string, AlarmView>()
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

  /** Apply the next event. */
  apply(event: Event, now: number): void {
    this.cursor = event.cursor
    if (event.alarm?.state === 'closed') this.alarms.delete(event.alarm.alarm_id)
    else if (event.alarm) this.alarms.set(event.alarm.alarm_id, event.alarm)
    if (!this.caughtUp) {
      this.askedAt = now
      this.#moved = { ...this.#moved, replayed: this.#moved.replayed + 1 }
    }
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
    const open = this.#parts.flatMap((each) => each.alarms).filter((alarm) => alarm.state !== 'closed')
    this.#parts = []
    this.cursor = part.cursor
    this.alarms = new Map(open.map((alarm) => [alarm.alarm_id, alarm]))
    this.#moved = { replayed: 0, reason: part.reason }
    return { ...part, alarms: open, first: true }
  }

  /** Note that the gateway has sent all there is. */
  complete(): void {
    if (!this.caughtUp) this.resumption = this.#moved
    this.caughtUp = true
    this.askedAt = null
  }
}

/**
 * One console's picture of its centres.
 *
 * `wanted` narrows what is followed; empty means every centre of the signed-in operator.
 * Times are seconds on any clock that never goes back.
 */
export class Board {
  operator: OperatorView | null = null
  centres = new Map<string, CentreBoard>()
  commands = new Map<string, Command>()
  unpainted = new Map<string, Delivered>()
  linked = false
  lostAt: number | null = null
  asOf: number | null = null
  ignored = 0
  gaps = 0
  #heldBack: Delivered[] = []

  constructor(
    readonly console: string,
    private readonly wanted: readonly string[] = [],
  ) {}

  /** Take one frame from the gateway. */
  receive(frame: ServerFrame, now: number): Reaction {
    const reaction = this.#react(frame, now)
    const centres = [...this.centres.values()]
    if (centres.length > 0 && centres.every((centre) => centre.caughtUp)) this.asOf = now
    return reaction
  }

  /** Note that the link is gone; cursors and alarms stay, to be resumed from. */
  disconnected(now: number): void {
    if (this.linked) {
      this.linked = false
      this.lostAt = now
    }
    for (const centre of this.centres.values()) centre.letGo()
  }

  /** Give up acknowledgements that nobody answered. */
  tick(now: number): void {
    for (const [alarmId, command] of this.commands)
      if (command.outcome === 'asked' && now - command.askedAt >= ANSWER_WAIT_S)
        this.commands.set(alarmId, { ...command, outcome: 'unanswered' })
  }

  /** Ask for a raised alarm; nothing without a link, for one that is taken, or while asking already. */
  acknowledge(alarmId: string, requestId: string, now: number): readonly ConsoleFrame[] {
    const alarm = this.find(alarmId)
    if (alarm?.state !== 'raised' || !this.linked) return []
    if (this.commands.get(alarmId)?.outcome === 'asked') return []
    const frame: Acknowledge = {
      type: 'acknowledge',
      request_id: requestId,
      alarm_id: alarmId,
      expected_version: alarm.version,
    }
    this.commands.set(alarmId, { frame, askedAt: now, outcome: 'asked', refusal: null })
    return [frame]
  }

  /** Report an alarm drawn, once for each press; held back until there is a link. */
  painted(alarmId: string, at: string): readonly ConsoleFrame[] {
    const waiting = this.unpainted.get(alarmId)
    if (!waiting) return []
    this.unpainted.delete(alarmId)
    const delivered = { ...waiting, painted_at: at }
    if (this.linked) return [delivered]
    this.#heldBack.push(delivered)
    return []
  }

  /** Whether the picture may be older than what the gateway has (`asOf` says how old). */
  stale(now: number): boolean {
    if (this.asOf === null || now - this.asOf > STALE_AFTER_S) return true
    return !this.linked && this.lostAt !== null && now - this.lostAt > LOST_AFTER_S
  }

  /** Every open alarm, centre by centre. */
  openAlarms(): AlarmView[] {
    return [...this.centres.values()].flatMap((centre) => [...centre.alarms.values()])
  }

  /** Return an open alarm. */
  find(alarmId: string): AlarmView | undefined {
    return this.openAlarms().find((alarm) => alarm.alarm_id === alarmId)
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
        this.#answered(frame)
        return NOTHING
      case 'event':
      case 'snapshot':
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

  #ofCentre(centre: CentreBoard, frame: Event | Snapshot | CaughtUp | Reset, now: number): Reaction {
    switch (frame.type) {
      case 'event':
        return this.#event(centre, frame, now)
      case 'snapshot':
        return this.#snapshot(centre, frame, now)
      case 'caught_up':
        if (!centre.has(frame.cursor)) return sending(this.#gap(frame.centre, centre, now))
        centre.complete()
        return sending(this.#unanswered(centre, now))
      case 'reset':
        centre.ask(now)
        return NOTHING
    }
  }

  #welcomed(frame: Welcome, now: number): readonly ConsoleFrame[] {
    if (this.operator !== null && this.operator.operator_id !== frame.operator.operator_id) {
      this.centres.clear()
      this.commands.clear()
      this.unpainted.clear()
      this.#heldBack = []
      this.asOf = null
    }
    this.linked = true
    this.operator = frame.operator
    const followed = this.wanted.length > 0 ? this.wanted : frame.operator.centres
    this.centres = new Map(followed.map((name) => [name, this.centres.get(name) ?? new CentreBoard()]))
    const heldBack = this.#heldBack
    this.#heldBack = []
    const ours = heldBack.filter((delivered) => this.centres.has(delivered.centre))
    return [...this.#attach(followed, now), ...ours]
  }

  #attach(names: readonly string[], now: number): readonly ConsoleFrame[] {
    if (names.length === 0) return []
    const cursors: Attach['cursors'] = {}
    for (const name of names) {
      const centre = this.centres.get(name)
      if (centre?.cursor) cursors[name] = centre.cursor
      centre?.ask(now)
    }
    return [{ type: 'attach', console: this.console, centres: [...names], cursors }]
  }

  #event(centre: CentreBoard, event: Event, now: number): Reaction {
    if (centre.has(event.cursor)) {
      this.ignored += 1
      return NOTHING
    }
    if (!centre.isNext(event.cursor)) return sending(this.#gap(event.centre, centre, now))
    centre.apply(event, now)
    if (event.alarm?.state === 'closed') this.#forget(event.alarm.alarm_id)
    else if (event.alarm && WORTH_A_DELIVERY.has(event.kind))
      this.#toPaint(event.alarm, event.cursor, event.at)
    return { send: [], applied: [event] }
  }

  #snapshot(centre: CentreBoard, part: Snapshot, now: number): Reaction {
    const before = new Set(centre.alarms.keys())
    const whole = centre.collect(part, now)
    if (!whole) return NOTHING
    for (const alarmId of before) if (!centre.alarms.has(alarmId)) this.#forget(alarmId)
    for (const alarm of whole.alarms)
      if (!before.has(alarm.alarm_id) && alarm.state === 'raised')
        this.#toPaint(alarm, whole.cursor, alarm.raised_at)
    return { send: [], applied: [whole] }
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

  #answered(frame: Result | Refused): void {
    for (const [alarmId, command] of this.commands)
      if (command.frame.request_id === frame.request_id)
        this.commands.set(
          alarmId,
          frame.type === 'refused'
            ? { ...command, outcome: 'refused', refusal: frame }
            : { ...command, outcome: 'done', refusal: null },
        )
  }

  /** Repeat what the link took with it: the same request id is told the same answer. */
  #unanswered(centre: CentreBoard, now: number): readonly ConsoleFrame[] {
    return [...this.commands]
      .filter(
        ([alarmId, command]) =>
          command.outcome === 'asked' && now - command.askedAt < ANSWER_WAIT_S && centre.alarms.has(alarmId),
      )
      .map(([, command]) => command.frame)
  }

  #toPaint(alarm: AlarmView, cursor: Cursor, at: string): void {
    this.unpainted.set(alarm.alarm_id, {
      type: 'delivered',
      alarm_id: alarm.alarm_id,
      centre: alarm.centre,
      sequence: cursor.sequence,
      painted_at: at,
    })
  }

  #forget(alarmId: string): void {
    this.commands.delete(alarmId)
    this.unpainted.delete(alarmId)
  }
}

function sending(send: readonly ConsoleFrame[]): Reaction {
  return { send, applied: [] }
}

function sameCursor(one: Cursor | undefined, other: Cursor): boolean {
  return one?.epoch === other.epoch && one.sequence === other.sequence
}
