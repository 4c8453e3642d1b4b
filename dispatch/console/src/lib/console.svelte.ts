/** The screen's state: the board on its link, on the gateway's clock, as values that Svelte watches. */
import type { Asked, Command } from './asking'
import { age } from './format'
import { inOrder, listed, nextToAcknowledge, type Queue } from './alarms'
import { Link, type LinkState, type World } from './link'
import { Board, STALE_AFTER_S, type Reaction } from './session'
import { speech } from './speech.svelte'
import { isBad, trust } from './trust'
import { Watch } from './watch.svelte'
import type {
  AlarmView,
  Event,
  NoticeView,
  OperatorView,
  PositionFrame,
  ProtectionView,
  ServerFrame,
  Snapshot,
  UnitView,
  Welcome,
} from './wire'
import type { Workstation } from './workstation'

const TICK_S = 0.5 // twice a second, so that no shown second is skipped
const PLACES_S = 0.25 // hundreds of positions a second are drawn four times a second

/** What fills the screen: the work, or something beside it. */
export type View = 'alarms' | 'supervision' | 'history' | 'wall'

/** A command without the id under which it is asked for. */
export type Wish = Command extends infer Each
  ? Each extends Command
    ? Omit<Each, 'request_id'>
    : never
  : never

/** One sentence for those who do not look: urgent for a new alarm, else when there is time. */
export interface News {
  readonly id: number
  readonly urgent: boolean
  readonly text: string
}

interface Picture {
  readonly operator: OperatorView | null
  readonly queue: Queue
  readonly commands: ReadonlyMap<string, Asked>
  readonly unpainted: readonly string[]
  readonly units: readonly UnitView[]
  readonly notices: readonly NoticeView[]
  /** Those that are not protected. */
  readonly protections: readonly ProtectionView[]
}

const BLANK: Picture = {
  operator: null,
  queue: { raised: [], acknowledged: [], apart: [] },
  commands: new Map(),
  unpainted: [],
  units: [],
  notices: [],
  protections: [],
}

export class Console {
  readonly watch: Watch
  picture = $state.raw<Picture>(BLANK)
  /** The newest position told of each open alarm since its press. */
  positions = $state.raw<ReadonlyMap<string, PositionFrame>>(new Map())
  view = $state<View>('alarms')
  link = $state.raw<LinkState>({ phase: 'connecting' })
  selectedId = $state<string | null>(null)
  news = $state.raw<News | null>(null)
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
  readonly next = $derived(nextToAcknowledge(this.picture.queue, this.selected))

  readonly #board: Board
  readonly #link: Link
  #toGatewayClock = 0
  #stopTicking: () => void = () => {}
  #stopPlacing: (() => void) | null = null
  #unplaced = false
  #said = 0
  #heardAt = 0

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
  }

  /** Take the selected alarm while it is unanswered, else the oldest unanswered, and show it. */
  acknowledgeNext(): void {
    if (this.next) this.acknowledge(this.next)
  }

  acknowledge(alarm: AlarmView): void {
    this.selectedId = alarm.alarm_id
    this.#link.send(this.#board.acknowledge(alarm.alarm_id, crypto.randomUUID(), this.world.now()))
    this.#redraw()
  }

  /** Ask for something; returns the id under which `picture.commands` tells what became of it, if it went out. */
  ask(wish: Wish): string | null {
    const command = { ...wish, request_id: crypto.randomUUID() } as Command
    const frames = this.#board.ask(command, this.world.now())
    this.#link.send(frames)
    this.#redraw()
    return frames.length > 0 ? command.request_id : null
  }

  /** Report an alarm that is on the screen now. */
  painted(alarmId: string): void {
    this.#link.send(this.#board.painted(alarmId, new Date().toISOString()))
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
    this.#redraw(frame.type === 'welcome' || frame.type === 'heartbeat')
    this.#tell(frame, reaction, before)
  }

  #welcomed({ operator, commands_until }: Welcome): void {
    this.commandsUntil = commands_until ? Date.parse(commands_until) : null
    if (this.#loses(operator)) this.news = null // it may name a victim
  }

  /** Whether a centre that was followed until now is not this operator's. */
  #loses({ centres }: OperatorView): boolean {
    return [...this.#board.centres.keys()].some((name) => !centres.includes(name))
  }

  #tick(): void {
    this.#stopTicking()
    this.#board.tick(this.world.now())
    this.#redraw()
    this.#stopTicking = this.world.after(TICK_S, () => this.#tick())
  }

  /** Show a new position: the first at once, those right after it together. */
  #place(): void {
    this.#unplaced = this.#stopPlacing !== null
    if (this.#unplaced) return
    this.positions = this.#board.positions()
    this.#stopPlacing = this.world.after(PLACES_S, () => {
      this.#stopPlacing = null
      if (this.#unplaced) this.#place()
    })
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
    this.picture = {
      operator: board.operator,
      queue: inOrder(board.openAlarms()),
      commands: new Map(board.commands),
      unpainted: [...board.unpainted.keys()],
      ...this.#beside(),
    }
    if (!this.#unplaced) this.positions = board.positions()
    if (!this.selected) this.selectedId = this.next?.alarm_id ?? null
    this.#watch(now, due)
  }

  #watch(now: number, due: boolean): void {
    const roles = this.picture.operator?.roles ?? []
    const toMe = (who: string) => who === 'everybody' || roles.some((role) => role === who)
    this.watch.see(
      {
        alarms: this.barred ? [] : this.#board.openAlarms(),
        notices: this.picture.notices.filter(({ audience }) => audience.some(toMe)),
        protections: this.picture.protections,
        lost: isBad(trust(this)),
        whole: this.asOf !== null,
      },
      now,
    )
    const instant = (at: number) => new Date(at * 1000 + this.#toGatewayClock).toISOString()
    if (this.link.phase === 'up') this.#link.send(this.watch.report(now, due, instant))
  }

  #beside(): Pick<Picture, 'units' | 'notices' | 'protections'> {
    const centres = [...this.#board.centres.values()]
    return {
      units: centres.flatMap(({ units }) => [...units.values()]),
      notices: centres.flatMap(({ notices }) => [...notices.values()]),
      protections: centres.flatMap(({ protections }) => [...protections.values()]),
    }
  }

  #tell(frame: ServerFrame, reaction: Reaction, before: AlarmView | undefined): void {
    const words = speech.words
    for (const applied of reaction.applied) if (applied.type === 'event') this.#tellEvent(applied, before)
    if (frame.type !== 'caught_up') return
    const { returned } = this.watch
    const done = this.#board.centres.get(frame.centre)?.resumption
    const said = [
      returned?.at === this.at ? words.link.restored(age(returned.away, words.locale)) : '',
      done?.reason ? words.link.snapshot(centreName(frame), done.reason) : '',
      done && !done.reason && done.replayed > 0 ? words.link.replayed(centreName(frame), done.replayed) : '',
    ].filter(Boolean)
    if (said.length > 0) this.#say(said.join(' '))
  }

  /** Say what is news: what a slower stream tells again is not, and what is not real is never urgent. */
  #tellEvent({ kind, alarm }: Event, before: AlarmView | undefined): void {
    if (!alarm || this.#board.find(alarm.alarm_id) !== alarm || alarm.version <= (before?.version ?? 0))
      return
    const { news, purpose } = speech.words
    const name = alarm.person?.victim.name ?? null
    if (alarm.purpose === 'canary') return
    const real = alarm.purpose === 'real'
    if (!before && alarm.state === 'raised')
      this.#say(news.raised(purpose[alarm.purpose], name, centreName(alarm)), real)
    else if (kind === 'alarm.pressed_again') this.#say(news.pressedAgain(name), real)
    else if (kind === 'alarm.cancel_requested' && alarm.cancel?.coerced) this.#say(news.coerced(name), real)
    else if (kind === 'alarm.acknowledged' && alarm.acknowledged_by)
      this.#say(news.acknowledged(name, alarm.acknowledged_by.name))
  }

  #say(text: string, urgent = false): void {
    this.news = { id: ++this.#said, urgent, text }
  }
}

function centreName({ centre }: { centre: string } | Snapshot): string {
  return speech.words.centre[centre] ?? centre
}
