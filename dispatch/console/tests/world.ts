/** A world for the link in which the test moves the clock and plays the gateway. */
import type { Socket, World } from '../src/lib/link'
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

export class FakeWorld implements World {
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
