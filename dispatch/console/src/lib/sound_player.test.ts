import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Player, type Audio } from './sound_player'

/** An AudioContext that plays nothing and writes down what it was asked for. */
class FakeAudio extends EventTarget {
  state: AudioContextState = 'running'
  currentTime = 0
  sampleRate = 8000
  destination = {}
  started: { loop: boolean; length: number }[] = []
  stopped: number[] = []
  ramps: number[] = []

  createBuffer(_channels: number, length: number) {
    return { length, copyToChannel: () => undefined }
  }

  createBufferSource() {
    const source = {
      buffer: { length: 0 },
      loop: false,
      connect: (to: unknown) => to,
      start: () => this.started.push({ loop: source.loop, length: source.buffer.length }),
      stop: (at: number) => this.stopped.push(at),
    }
    return source
  }

  createGain() {
    const gain = {
      value: 1,
      setValueAtTime: () => undefined,
      cancelScheduledValues: () => undefined,
      linearRampToValueAtTime: (to: number) => this.ramps.push(to),
    }
    return { gain, connect: (to: unknown) => to }
  }

  async resume() {
    this.become('running')
  }

  async close() {
    this.become('closed')
  }

  become(state: AudioContextState) {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

let made: FakeAudio[]
let player: Player
const changed = vi.fn()

beforeEach(() => {
  made = []
  changed.mockReset()
  player = new Player(() => {
    made.push(new FakeAudio())
    return made.at(-1) as unknown as Audio
  }, changed)
})

function audio(): FakeAudio {
  return made.at(-1)!
}

describe('a player', () => {
  it('begins each loop once, and lets go of it softly when it is not wanted', () => {
    player.loop(['siren'])
    player.loop(['siren'])
    expect(audio().started).toEqual([{ loop: true, length: 5600 }])
    player.loop(['siren', 'lost'])
    expect(audio().started).toHaveLength(2)
    player.loop(['lost'])
    expect(audio().stopped).toHaveLength(1)
    expect(audio().ramps).toEqual([1, 1, 0])
  })

  it('plays a soft sound once', () => {
    player.once('test')
    expect(audio().started).toEqual([{ loop: false, length: 2800 }])
  })

  it('keeps no soft sound for later: an hour of them at once would frighten', () => {
    audio().state = 'suspended'
    player.once('test')
    expect(audio().started).toEqual([])
    player.once('check')
    player.loop(['siren'])
    expect(audio().started).toHaveLength(2)
  })

  it('is blocked until the browser lets it sound, and says when that changes', async () => {
    audio().state = 'suspended'
    expect(player.fault(0)).toBe('blocked')
    player.wake()
    await vi.waitFor(() => expect(changed).toHaveBeenCalled())
    expect(player.fault(0)).toBeNull()
  })

  it('is stuck when its own clock stands still, and not when the workstation only slept', () => {
    expect(player.fault(0)).toBeNull()
    expect(player.fault(300)).toBeNull()
    audio().currentTime = 1
    expect(player.fault(300.5)).toBeNull()
    const stands = [301, 301.5, 302, 302.5, 303].map((now) => player.fault(now))
    expect(stands).toEqual([null, null, null, 'stuck', 'stuck'])
    audio().currentTime = 2
    expect(player.fault(303.5)).toBeNull()
  })

  it('takes another context at the next gesture when its device fails, and sounds what should sound', () => {
    player.loop(['siren'])
    audio().dispatchEvent(new Event('error'))
    expect(player.fault(0)).toBe('missing')
    player.wake()
    expect(made).toHaveLength(2)
    expect(audio().started).toHaveLength(1)
    expect(player.fault(0)).toBeNull()
  })

  it('without audio says so', () => {
    const none = new Player(() => null, changed)
    none.loop(['siren'])
    none.once('check')
    none.wake()
    expect(none.fault(0)).toBe('unavailable')
  })
})

describe('a browser that refuses', () => {
  it('to play costs the sound alone, and is tried again at the next gesture', () => {
    vi.spyOn(made[0]!, 'createBufferSource').mockImplementation(() => {
      throw new DOMException('no more', 'NotSupportedError')
    })
    player.loop(['siren'])
    player.once('check')
    expect(player.fault(0)).toBe('missing')
    player.wake()
    expect(made[1]!.started).toHaveLength(1)
    expect(player.fault(0)).toBeNull()
  })

  it('to have any audio costs the sound alone', () => {
    const refused = new Player(() => {
      throw new DOMException('no more', 'NotSupportedError')
    }, changed)
    refused.loop(['siren'])
    expect(refused.fault(0)).toBe('unavailable')
  })
})
