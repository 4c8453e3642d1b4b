/** The screen's state: the board on its link, on the gateway's clock, as values that Svelte watches. */
import { Allowance } from './allowance'
import { alarmOf, lastAsked, type Command } from './asking'
import { listed, nextToAcknowledge } from './alarms'
import { Drafts } from './drafts.svelte'
import { isEvident } from './evident'
import { Link, type LinkState, type World } from './link'
import { cardsOf, sounding, type Cards, type Waiting } from './provisional'
import { Seen } from './seen.svelte'
import { Board, STALE_AFTER_S, type Reaction } from './session'
import { BLANK, shown } from './shown'
import { Teller, type News } from './teller.svelte'
import { isBad, trust } from './trust'
import { Watch } from './watch.svelte'
import type { AlarmView, Event, OperatorView, PositionFrame, ServerFrame, Welcome } from './wire'
import type { Workstation } from './workstation'

const TICK_S = 0.5 // twice a second, so that no shown second is skipped
// The gateway closes a console that sends more than 200 frames at once and then 50 a second: half is left for the rest.
const REPORTS_AT_ONCE = 100
const REPORTS_PER_S = 25
const PLACES_S = 0.25 // hundreds of positions a second are drawn four times a second

/** What fills the screen: the work, or something beside it. */
export type View = 'alarms' | 'supervision' | 'history' | 'wall'

/** A command without the id under which it is asked for. */
export type Wish = Command extends infer Each
  ? Each extends Command
    ? Omit<Each, 'request_id'>
    : never
  : never

export class Console {
  readonly watch: Watch
  picture = $state.raw(BLANK)
  /** The newest position told of each open alarm since its press. */
  positions = $state.raw<ReadonlyMap<string, PositionFrame>>(new Map())
  /** The same of each who threatens her, while a perimeter tells of one. */
  offenders = $state.raw<ReadonlyMap<string, readonly PositionFrame[]>>(new Map())
  view = $state<View>('alarms')
  /** The closed alarm that is looked back on. */
  lookedAt = $state<string | null>(null)
  link = $state.raw<LinkState>({ phase: 'connecting' })
  selectedId = $state<string | null>(null)
  /** The selected alarm as it was last, once it is not open any more: nothing else takes its place by itself. */
  ended = $state.raw<AlarmView | null>(null)
  /** What is half typed, and which command forms are open. */
  readonly drafts = new Drafts()
  readonly seen = new Seen()
  /** The gateway's clock, in milliseconds since 1970. */
  now = $state(0)
  /** The link's clock, in seconds. */
  at = $state(0)
  stale = $state(true)
  /** Whether nothing arrives although the link is up. */
  silent = $state(false)
  /** The gateway's clock when the session runs out, from when on commands are refused. */
  commandsUntil = $state<number | null>(null)
  /** The gateway's clock when the picture was last known to be whole. */
  asOf = $state<number | null>(null)

  readonly selected = $derived(
    listed(this.picture.queue).find((alarm) => alarm.alarm_id === this.selectedId) as AlarmView | undefined,
  )
  /** Whether nothing may be shown any more: no session, or no role or centre that allows it. */
  readonly barred = $derived(
    this.link.phase === 'ended' && (this.link.code === 4401 || this.link.code === 4403),
  )
  readonly next = $derived(nextToAcknowledge(this.picture.queue, this.selected, this.picture.kept))

  readonly #board: Board
  readonly #link: Link
  #toGatewayClock = 0
  #stopTicking: () => void = () => {}
  #stopPlacing: (() => void) | null = null
  #unplaced = false
  readonly #teller = new Teller()
  readonly #reports = new Allowance(REPORTS_AT_ONCE, REPORTS_PER_S)
  #heardAt = 0
  #last: AlarmView | null = null
  /** Whose alarm is selected while it is not stored. */
  #keptSelected: string | null = null
  /** Presses that are only kept and were seen at this workstation. */
  #seenHere: ReadonlySet<string> = new Set()
  #cards: Cards = { alarms: [], waiting: new Map() }

  constructor(
    address: string,
    private readonly world: World & { readonly station: Workstation },
    console: string = crypto.randomUUID(),
  ) {
    this.#board = new Board(console)
    this.watch = new Watch(world.station)
    this.#toGatewayClock = Date.now() - world.now() * 1000
    this.#link = new Link(address, world, {
      frame: (frame) => this.#received(frame),
      lost: () => {
        this.#board.disconnected(world.now())
        this.watch.unlinked()
        this.#redraw()
      },
      changed: (state) => {
        this.link = state
      },
    })
  }

  /** The last sentence for those who do not look. */
  get news(): News | null {
    return this.#teller.news
  }

  open(): void {
    this.watch.open(() => this.#redraw())
    this.#link.open()
    this.#tick()
  }

  /** Make the link anew from where it is, as somebody who has just signed in again. */
  reopen(): void {
    this.#board.disconnected(this.world.now())
    this.watch.unlinked()
    this.open()
  }

  close(): void {
    this.#stopTicking()
    this.#stopPlacing?.()
    this.#stopPlacing = null
    this.#link.close()
    this.watch.close()
  }

  /** Silence what sounds, on this workstation alone. */
  silence(): void {
    this.watch.silence(this.world.now())
    this.#redraw()
  }

  /** Sound the check, or say whether it was heard. */
  checkSound(wasHeard?: boolean): void {
    if (wasHeard === undefined) this.watch.checkSound()
    else this.watch.answerCheck(wasHeard)
    this.#redraw()
  }

  select(alarmId: string): void {
    this.selectedId = alarmId
    this.ended = null
    this.#redraw()
  }

  /** Look back on a closed alarm. */
  lookBack(alarmId: string): void {
    this.lookedAt = alarmId
    this.view = 'history'
  }

  /** Take the selected alarm while it is unanswered, else the oldest unanswered, and show it. */
  acknowledgeNext(): void {
    if (this.next && this.waiting(this.next)) this.#teller.say((words) => words.provisional.noCommand, true)
    else if (this.next) this.acknowledge(this.next)
  }

  /** What is special about an alarm that is not stored yet; undefined: it is. */
  waiting({ alarm_id }: AlarmView): Waiting | undefined {
    return this.picture.kept.get(alarm_id)
  }

  /** Quiet the siren here for these presses; nobody is told. */
  seeHere({ presses }: Waiting): void {
    this.#seenHere = new Set([...this.#seenHere, ...presses])
    this.#redraw()
  }

  acknowledge(alarm: AlarmView): void {
    this.#link.send(this.#board.acknowledge(alarm.alarm_id, this.#requestFor(alarm), this.world.now()))
    this.view = 'alarms'
    this.select(alarm.alarm_id)
  }

  /** The request that nobody answered, once more, unless the alarm was raised again since: that is another. */
  #requestFor({ alarm_id, version }: AlarmView): string {
    const asked = lastAsked(this.#board.commands, 'acknowledge', alarm_id)
    const same = asked?.frame.type === 'acknowledge' && asked.frame.expected_version === version
    return same && asked.answer === 'unanswered' ? asked.frame.request_id : crypto.randomUUID()
  }

  /** Ask for something; returns the id under which `picture.commands` tells what became of it, if it went out. */
  ask(wish: Wish): string | null {
    return this.#ask({ ...wish, request_id: crypto.randomUUID() } as Command)
  }

  /** Ask once more for what nobody answered: the same request, so that it is not done twice. */
  askAgain(requestId: string): void {
    const asked = this.#board.commands.get(requestId)
    if (asked) this.#ask(asked.frame)
  }

  #ask(command: Command): string | null {
    const frames = this.#board.ask(command, this.world.now())
    this.#link.send(frames)
    this.#redraw()
    return frames.length > 0 ? command.request_id : null
  }

  /** Report alarms that are on the screen now, the newest first; what is too many for now a little later. */
  painted(alarmIds: readonly string[]): void {
    const number = this.#reports.take(alarmIds.length, this.world.now())
    if (number === 0) return
    const at = new Date().toISOString()
    this.#link.send(alarmIds.slice(-number).flatMap((alarmId) => this.#board.painted(alarmId, at)))
    this.#redraw()
  }

  #received(frame: ServerFrame): void {
    this.#heardAt = this.world.now()
    if (frame.type === 'welcome' || frame.type === 'heartbeat')
      this.#toGatewayClock = Date.parse(frame.server_time) - this.world.now() * 1000
    if (frame.type === 'welcome') this.#welcomed(frame)
    const before = frame.type === 'event' && frame.alarm ? this.#board.find(frame.alarm.alarm_id) : undefined
    const reaction = this.#board.receive(frame, this.world.now())
    this.#link.send(reaction.send)
    if (frame.type === 'noted') this.watch.noted(this.world.now())
    if (frame.type === 'position') {
      if (reaction.placed) this.#place()
      return
    }
    for (const applied of reaction.applied) if (applied.type === 'event') this.#follow(applied)
    if (frame.type === 'result') this.drafts.done(frame.request_id)
    this.#redraw(frame.type === 'welcome' || frame.type === 'heartbeat')
    this.#tell(frame, reaction, before)
  }

  /** Forget what is not this operator's: what names a victim of a centre that was lost, and what another typed. */
  #welcomed({ operator, commands_until }: Welcome): void {
    this.commandsUntil = commands_until ? Date.parse(commands_until) : null
    const another = this.#board.operator !== null && this.#board.operator.operator_id !== operator.operator_id
    if (another) {
      this.drafts.clear()
      this.seen.forget()
    }
    if (!another && !this.#loses(operator)) return
    this.#teller.forget() // it may name a victim
    this.#keptSelected = null
    this.ended = this.#last = null
  }

  /** Keep how the selected alarm ended, and what was typed for one that somebody else closed. */
  #follow({ alarm }: Event): void {
    if (!alarm || alarm.state !== 'closed') return
    if (alarm.alarm_id === this.selectedId) this.#last = alarm
    this.drafts.closed(alarm.alarm_id, alarm.closure?.by?.operator_id === this.#board.operator?.operator_id)
  }

  /** Whether a centre that was followed until now is not this operator's. */
  #loses({ centres }: OperatorView): boolean {
    return [...this.#board.centres.keys()].some((name) => !centres.includes(name))
  }

  #tick(): void {
    this.#stopTicking()
    this.#stopTicking = this.world.after(TICK_S, () => this.#tick()) // first: whatever fails, time goes on
    this.#board.tick(this.world.now())
    this.#redraw()
  }

  /** Show a new position: the first at once, those right after it together. */
  #place(): void {
    this.#unplaced = this.#stopPlacing !== null
    if (this.#unplaced) return
    this.#showPlaces()
    this.#stopPlacing = this.world.after(PLACES_S, () => {
      this.#stopPlacing = null
      if (this.#unplaced) this.#place()
    })
  }

  #showPlaces(): void {
    this.positions = this.#board.positions()
    this.offenders = this.#board.offenders()
  }

  /** `due`: the gateway is to be told how this console is, whether that changed or not. */
  #redraw(due = false): void {
    const board = this.#board
    const now = this.world.now()
    this.now = now * 1000 + this.#toGatewayClock
    this.at = now
    this.stale = board.stale(now)
    this.silent = now - this.#heardAt > STALE_AFTER_S
    this.asOf = board.asOf === null ? null : board.asOf * 1000 + this.#toGatewayClock
    this.#cards = cardsOf(board.provisionals(), this.#seenHere)
    this.picture = shown(board, this.#cards)
    this.#settle()
    this.#inherit()
    if (!this.#unplaced) this.#showPlaces()
    this.#keptSelected = this.selected && this.waiting(this.selected) ? this.selected.registration_id : null
    if (this.selected) this.#last = this.selected
    this.ended = !this.selected && this.#last?.alarm_id === this.selectedId ? this.#last : null
    if (!this.selected && !this.ended) this.selectedId = this.next?.alarm_id ?? null
    this.#watch(now, due)
  }

  /** Go on with the alarm that the selected press has become. */
  #inherit(): void {
    if (this.selected || !this.#keptSelected) return
    const hers = this.#board.openAlarms().filter((alarm) => alarm.registration_id === this.#keptSelected)
    this.selectedId = (hers.find(({ state }) => state === 'raised') ?? hers[0])?.alarm_id ?? null
    this.#last = null
  }

  /** Use up what was typed for a command of which no answer came, and that the alarm shows to be done. */
  #settle(): void {
    for (const [requestId, asked] of this.#board.commands) {
      const alarm = asked.answer === 'unanswered' && this.#board.find(alarmOf(asked) ?? '')
      const operator = this.#board.operator
      if (alarm && operator && isEvident(asked.frame, alarm, operator.operator_id))
        this.drafts.done(requestId)
    }
  }

  #watch(now: number, due: boolean): void {
    const alarms = this.barred ? [] : [...this.#board.openAlarms(), ...sounding(this.#cards)]
    this.watch.see({ alarms, lost: isBad(trust(this)), whole: this.asOf !== null }, now)
    const instant = (at: number) => new Date(at * 1000 + this.#toGatewayClock).toISOString()
    if (this.link.phase === 'up') {
      const wall = this.view === 'wall'
      this.#link.send(this.watch.report(wall, now, due, instant))
    }
  }

  #tell(frame: ServerFrame, reaction: Reaction, before: AlarmView | undefined): void {
    const find = (alarmId: string | null | undefined) => (alarmId ? this.#board.find(alarmId) : undefined)
    for (const applied of reaction.applied)
      if (applied.type === 'event') this.#teller.event(applied, find(applied.alarm?.alarm_id), before)
    if (reaction.kept?.type === 'provisional') this.#teller.kept(reaction.kept.alarm)
    const asked = 'request_id' in frame ? this.#board.commands.get(frame.request_id) : undefined
    if (asked) this.#teller.answer(asked, find(alarmOf(asked)), this.picture.units)
    if (frame.type !== 'caught_up') return
    const { resumption } = this.#board.centres.get(frame.centre) ?? {}
    this.#teller.caughtUp(frame.centre, resumption, this.watch.takeReturn())
  }
}
