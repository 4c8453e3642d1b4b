/** Plays the sounds through the browser, and knows whether they can be heard. */
import type { Chime, Loop } from './siren'
import { PATTERNS, samples, type SoundName } from './sounds'

/** Why nothing can be heard: no audio here, the browser wants a gesture first, it plays on nothing, no device. */
export type SpeakerFault = 'unavailable' | 'blocked' | 'stuck' | 'missing'

/** The workstation's loudspeaker, as far as a page may know it. */
export interface Speaker {
  /** Sound exactly these from now on. */
  loop(names: readonly Loop[]): void
  once(name: Chime | 'check'): void
  /** Try to be heard: what a browser allows only in answer to a gesture. */
  wake(): void
  /** Whether it can be heard as of `now` (seconds); to be asked often, as a clock that stands still is a fault. */
  fault(now: number): SpeakerFault | null
  close(): void
}

/** The part of AudioContext that is used. */
export type Audio = Pick<
  AudioContext,
  | 'state'
  | 'currentTime'
  | 'sampleRate'
  | 'destination'
  | 'createBuffer'
  | 'createBufferSource'
  | 'createGain'
  | 'resume'
  | 'close'
  | 'addEventListener'
>

interface Voice {
  readonly source: AudioBufferSourceNode
  readonly gain: GainNode
}

const RAMP_S = 0.03
const STUCK_AFTER_S = 2
const STUCK_LOOKS = 3 // a workstation that slept is not stuck at its first look

export class Player implements Speaker {
  #audio: Audio | null = null
  #wanted: readonly Loop[] = []
  readonly #voices = new Map<Loop, Voice>()
  #buffers = new Map<SoundName, AudioBuffer>()
  #failed = false
  #moved = { at: -Infinity, to: -1, looks: 0 }

  /** `make` gives null where there is no audio; `changed` is called when what `fault` says may have changed. */
  constructor(
    private readonly make: () => Audio | null,
    private readonly changed: () => void,
  ) {
    this.#begin()
  }

  loop(names: readonly Loop[]): void {
    this.#wanted = names
    this.#attempt(() => {
      for (const [name, voice] of this.#voices) if (!names.includes(name)) this.#stop(name, voice)
      for (const name of names) if (!this.#voices.has(name)) this.#start(name)
    })
  }

  /** What cannot be heard now is let go, but for the check: a gesture asked for it, which lets it sound. */
  once(name: Chime | 'check'): void {
    if (name !== 'check' && this.#audio?.state !== 'running') return
    this.#attempt(() => this.#play(name, false))
  }

  wake(): void {
    if (this.#failed || this.#audio?.state === 'closed') this.#begin()
    if (this.#audio && this.#audio.state !== 'running')
      void this.#audio.resume().then(this.changed, this.changed)
  }

  fault(now: number): SpeakerFault | null {
    if (!this.#audio) return 'unavailable'
    if (this.#failed) return 'missing'
    if (this.#audio.state !== 'running') return 'blocked'
    return this.#stands(this.#audio.currentTime, now) ? 'stuck' : null
  }

  close(): void {
    this.loop([])
    void this.#audio?.close().catch(() => undefined)
    this.#audio = null
  }

  #begin(): void {
    void this.#audio?.close().catch(() => undefined)
    this.#voices.clear()
    this.#buffers.clear()
    this.#failed = false
    this.#listen(this.#attempt(this.make))
    this.loop(this.#wanted)
  }

  /** What a browser refuses is a fault to be told: the screen goes on without it. */
  #attempt<Done>(act: () => Done): Done | null {
    try {
      return act()
    } catch {
      this.#failed = true
      return null
    }
  }

  #listen(audio: Audio | null): void {
    this.#audio = audio
    audio?.addEventListener('statechange', () => {
      if (audio === this.#audio) this.changed()
    })
    audio?.addEventListener('error', () => {
      if (audio !== this.#audio) return
      this.#failed = true
      this.changed()
    })
  }

  #start(name: Loop): void {
    const voice = this.#play(name, true)
    if (voice) this.#voices.set(name, voice)
  }

  #play(name: SoundName, loop: boolean): Voice | null {
    const audio = this.#audio
    if (!audio) return null
    const source = audio.createBufferSource()
    source.buffer = this.#bufferOf(audio, name)
    source.loop = loop
    const gain = audio.createGain()
    gain.gain.setValueAtTime(0, audio.currentTime)
    gain.gain.linearRampToValueAtTime(1, audio.currentTime + RAMP_S)
    source.connect(gain).connect(audio.destination)
    source.start()
    return { source, gain }
  }

  #stop(name: Loop, { source, gain }: Voice): void {
    this.#voices.delete(name)
    const now = this.#audio?.currentTime ?? 0
    gain.gain.cancelScheduledValues(now)
    gain.gain.setValueAtTime(gain.gain.value, now)
    gain.gain.linearRampToValueAtTime(0, now + RAMP_S)
    source.stop(now + 2 * RAMP_S)
  }

  #bufferOf(audio: Audio, name: SoundName): AudioBuffer {
    const made = this.#buffers.get(name)
    if (made) return made
    const data = samples(PATTERNS[name], audio.sampleRate)
    const buffer = audio.createBuffer(1, data.length, audio.sampleRate)
    buffer.copyToChannel(data, 0)
    this.#buffers.set(name, buffer)
    return buffer
  }

  /** Whether the audio's own clock has stood still for too long although it says that it runs. */
  #stands(time: number, now: number): boolean {
    if (time !== this.#moved.to) this.#moved = { at: now, to: time, looks: 0 }
    else this.#moved.looks += 1
    return this.#moved.looks >= STUCK_LOOKS && now - this.#moved.at >= STUCK_AFTER_S
  }
}
