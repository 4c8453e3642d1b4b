import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeWorld } from '../../tests/world'
import { consoleAddress, Link, RETRY_MAX_S, SILENCE_S, STEADY_S, type LinkState } from './link'

let world: FakeWorld
let states: LinkState[]
let link: Link
const frames = vi.fn()
const lost = vi.fn()

beforeEach(() => {
  world = new FakeWorld()
  states = []
  vi.clearAllMocks()
  link = new Link('ws://gateway/v1/console', world, {
    frame: frames,
    lost,
    changed: (state) => states.push(state),
  })
  link.open()
})

function up(): void {
  world.socket.says({ type: 'welcome' })
}

describe('a link', () => {
  it('is up once the gateway has welcomed it, and only then sends', () => {
    link.send([{ type: 'pong' }])
    up()
    link.send([{ type: 'pong' }])
    expect(world.socket.sent).toEqual([{ type: 'pong' }])
    expect(states.at(-1)).toEqual({ phase: 'up' })
  })

  it('tries again at once after a loss', () => {
    up()
    world.passes(STEADY_S + 1)
    world.socket.drops()
    expect(lost).toHaveBeenCalledOnce()
    world.passes(0)
    expect(world.sockets).toHaveLength(2)
  })

  it('waits longer each time, with jitter, and never more than 5 s', () => {
    world.chance = 1
    const waits: number[] = []
    for (let tries = 0; tries < 8; tries++) {
      world.socket.drops()
      const state = states.at(-1)!
      if (state.phase === 'waiting') waits.push(state.until - world.now())
      world.passes(RETRY_MAX_S)
    }
    expect(waits[0]).toBe(0)
    expect(waits.slice(1, 4)).toEqual([2, 4, 5])
    expect(Math.max(...waits)).toBe(RETRY_MAX_S)
  })

  it('does not hammer a gateway that welcomes and closes', () => {
    for (let tries = 0; tries < 3; tries++) {
      up()
      world.socket.drops()
      world.passes(0)
    }
    expect(world.sockets.length).toBeLessThan(4)
  })

  it('gives up a socket on which nothing arrives', () => {
    up()
    world.passes(SILENCE_S - 0.1)
    expect(lost).not.toHaveBeenCalled()
    const silent = world.socket
    world.passes(0.2)
    expect(lost).toHaveBeenCalledOnce()
    expect(silent.closed).toBe(true)
    silent.hears('{"type":"pong"}')
    expect(frames).toHaveBeenCalledOnce()
  })

  it('is kept by any frame', () => {
    up()
    for (let beats = 0; beats < 4; beats++) {
      world.passes(5)
      world.socket.says({ type: 'heartbeat' })
    }
    expect(world.sockets).toHaveLength(1)
  })

  it.each([4400, 4401, 4403, 4409] as const)('ends on %i and makes no other', (code) => {
    up()
    world.socket.drops(code)
    world.passes(60)
    expect(states.at(-1)).toEqual({ phase: 'ended', code })
    expect(world.sockets).toHaveLength(1)
  })

  it('comes back when told to after a drain', () => {
    up()
    world.socket.says({ type: 'reconnect', after_s: 3 })
    world.socket.drops(1012)
    world.passes(2.9)
    expect(world.sockets).toHaveLength(1)
    world.passes(0.2)
    expect(world.sockets).toHaveLength(2)
  })

  it('resumes after 4408', () => {
    up()
    world.socket.drops(4408)
    world.passes(0)
    expect(world.sockets).toHaveLength(2)
  })

  it('leaves what is not a frame alone', () => {
    up()
    for (const text of ['', '{', '[]', 'null', '7']) world.socket.hears(text)
    expect(frames).toHaveBeenCalledOnce()
  })
})

it('the address is beside the page, secure when the page is', () => {
  expect(consoleAddress({ protocol: 'https:', host: 'cic.example' })).toBe('wss://cic.example/v1/console')
  expect(consoleAddress({ protocol: 'http:', host: '127.0.0.1:8080' })).toBe('ws://127.0.0.1:8080/v1/console')
})
