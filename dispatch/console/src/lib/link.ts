/**
 * The websocket to the gateway, made again whenever it is lost. Knows frames as JSON and nothing of alarms.
 *
 * The first try after a loss is immediate, the next wait with full jitter up to `RETRY_MAX_S`. A socket
 * on which nothing arrives for `SILENCE_S` is given up: a half-open one never says that it is.
 */
import type { CloseCode, ConsoleFrame, ServerFrame } from './wire'

export const SUBPROTOCOL = 'msa.console.v1'
export const SILENCE_S = 8 // a heartbeat (5 s) and three for a slow network
export const RETRY_FIRST_S = 0.5
export const RETRY_MAX_S = 5
export const STEADY_S = 5 // a link that lived so long earns an immediate first try

/** Codes after which trying again would only be told the same. */
export type FinalCode = Extract<CloseCode, 4400 | 4401 | 4403 | 4409>
const FINAL: ReadonlySet<number> = new Set<FinalCode>([4400, 4401, 4403, 4409])

export type LinkState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'up' }
  | { readonly phase: 'waiting'; readonly until: number }
  | { readonly phase: 'ended'; readonly code: FinalCode }

/** The part of WebSocket that is used. */
export type Socket = Pick<WebSocket, 'onmessage' | 'onclose' | 'send' | 'close'>

/** What the link needs from the world; times in seconds on a clock that never goes back. */
export interface World {
  now(): number
  after(seconds: number, act: () => void): () => void
  random(): number
  open(url: string, subprotocol: string): Socket
}

export interface Listener {
  frame(frame: ServerFrame): void
  lost(): void
  changed(state: LinkState): void
}

export class Link {
  state: LinkState = { phase: 'connecting' }
  #socket: Socket | null = null
  #cancel: () => void = () => {}
  #failures = 0
  #begunAt = 0
  #toldAfter: number | null = null

  constructor(
    private readonly url: string,
    private readonly world: World,
    private readonly listener: Listener,
  ) {}

  /** Make the link; also the way back after it ended. */
  open(): void {
    this.close()
    this.#become({ phase: 'connecting' })
    this.#begunAt = this.world.now()
    const socket = this.world.open(this.url, SUBPROTOCOL)
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#heard(data)
    socket.onclose = ({ code }) => this.#lost(code)
    this.#watch()
  }

  send(frames: readonly ConsoleFrame[]): void {
    if (this.state.phase === 'up') for (const frame of frames) this.#socket?.send(JSON.stringify(frame))
  }

  /** Let go of the socket and make no other. */
  close(): void {
    this.#cancel()
    if (!this.#socket) return
    this.#socket.onmessage = null
    this.#socket.onclose = null
    this.#socket.close()
    this.#socket = null
  }

  #heard(data: unknown): void {
    this.#watch()
    const frame = parsed(data)
    if (!frame) return
    if (frame.type === 'welcome') this.#become({ phase: 'up' })
    else if (frame.type === 'reconnect') this.#toldAfter = frame.after_s
    this.listener.frame(frame)
  }

  #lost(code: number): void {
    this.close()
    this.listener.lost()
    if (isFinal(code)) this.#become({ phase: 'ended', code })
    else this.#retry()
  }

  #retry(): void {
    const lived = this.world.now() - this.#begunAt
    this.#failures = lived >= STEADY_S && this.state.phase === 'up' ? 0 : this.#failures + 1
    const wait = this.#pause()
    this.#become({ phase: 'waiting', until: this.world.now() + wait })
    this.#cancel = this.world.after(wait, () => this.open())
  }

  #pause(): number {
    const told = this.#toldAfter
    this.#toldAfter = null
    if (told !== null) return told
    if (this.#failures <= 1) return 0
    return this.world.random() * Math.min(RETRY_MAX_S, RETRY_FIRST_S * 2 ** Math.min(this.#failures, 8))
  }

  #watch(): void {
    this.#cancel()
    this.#cancel = this.world.after(SILENCE_S, () => this.#lost(0))
  }

  #become(state: LinkState): void {
    this.state = state
    this.listener.changed(state)
  }
}

function parsed(data: unknown): ServerFrame | null {
  try {
    const frame: unknown = JSON.parse(String(data))
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as ServerFrame) : null
  } catch {
    return null // a frame of a later version: what it numbers shows as a gap, and is asked for
  }
}

function isFinal(code: number): code is FinalCode {
  return FINAL.has(code)
}

/** The browser as the link's world. */
export const browser: World = {
  now: () => performance.now() / 1000,
  after(seconds, act) {
    const timer = setTimeout(act, seconds * 1000)
    return () => clearTimeout(timer)
  },
  random: Math.random,
  open: (url, subprotocol) => new WebSocket(url, subprotocol),
}

/** The websocket's address beside the page's own. */
export function consoleAddress(location: { protocol: string; host: string }): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/console`
}
