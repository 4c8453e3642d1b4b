/** A world for the link in which the test moves the clock and plays the gateway. */
import type { Socket, World } from '../src/lib/link'
import type { Chime, Loop } from '../src/lib/siren'
import type { Speaker, SpeakerFault } from '../src/lib/sound_player'
import type { LockState } from '../src/lib/wakefulness_lock'
import type { Workstation } from '../src/lib/workstation'
import type { ConsoleFrame } from '../src/lib/wire'
import { aFrame } from './cases'

export class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  sent: ConsoleFrame[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ConsoleFrame)
  }

  close(): void {
    this.closed = true
  }

  /** The gateway says something. */
  says(frame: Record<string, unknown>): void {
    this.hears(JSON.stringify(aFrame(frame)))
  }

  hears(data: string): void {
    this.onmessage?.call(this as unknown as WebSocket, { data } as MessageEvent)
  }

  /** The gateway or the network closes. */
  drops(code = 1006): void {
    this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent)
  }
}

/** A workstation at which the test listens. */
export class FakeStation implements Workstation, Speaker {
  readonly speaker = this
  readonly outputs = { missing: false, changes: 0 }
  sounding: readonly Loop[] = []
  chimes: (Chime | 'check')[] = []
  wakes = 0
  trouble: SpeakerFault | null = null
  inFront = true
  kept: LockState = 'held'
  /** How much further the wall clock is than the world's: the time it slept. */
  slept = 0
  changed: () => void = () => {}

  constructor(private readonly now: () => number) {}

  loop(names: readonly Loop[]): void {
    this.sounding = names
  }

  once(name: Chime | 'check'): void {
    this.chimes.push(name)
  }

  wake(): void {
    this.wakes += 1
  }

  fault(): SpeakerFault | null {
    return this.trouble
  }

  wall(): number {
    return this.now() + this.slept
  }

  visible(): boolean {
    return this.inFront
  }

  still(): boolean {
    return false
  }

  lock(): LockState {
    return this.kept
  }

  open(changed: () => void): void {
    this.changed = changed
  }

  close(): void {}
}

export class FakeWorld implements World {
  readonly station = new FakeStation(() => this.#now)
  sockets: FakeSocket[] = []
  chance = 0.5
  #now = 1000
  #due: { at: number; act: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(seconds: number, act: () => void): () => void {
    const timer = { at: this.#now + seconds, act }
    this.#due.push(timer)
    return () => {
      this.#due = this.#due.filter((each) => each !== timer)
    }
  }

  random(): number {
    return this.chance
  }

  open(): FakeSocket {
    const socket = new FakeSocket()
    this.sockets.push(socket)
    return socket
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!
  }

  /** Let time pass; what falls due happens in order. */
  passes(seconds: number): void {
    const end = this.#now + seconds
    for (;;) {
      const next = this.#due.toSorted((one, other) => one.at - other.at)[0]
      if (!next || next.at > end) break
      this.#due = this.#due.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
    }
    this.#now = end
  }
}
