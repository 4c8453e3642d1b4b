/** What sounds here, whether it can be heard, and whether this screen was there: values that Svelte watches. */
import { Reporting } from './condition'
import { heard, loops, QUIET, silence, silentUntil, type Facts, type Loop, type Siren } from './siren'
import { soundFault, soundState, type Check, type SoundFault } from './sound_state'
import { AWAKE, looked, type Wakefulness } from './wakefulness'
import type { LockState } from './wakefulness_lock'
import type { Condition, SoundState } from './wire'
import type { Workstation } from './workstation'

/** A link that is back: for how many seconds it was away. */
export interface Return {
  readonly away: number
}

export class Watch {
  sound = $state<SoundState>('unchecked')
  fault = $state<SoundFault | null>(null)
  check = $state<Check>('due')
  /** What sounds now, or should. */
  sounding = $state.raw<readonly Loop[]>([])
  /** Until when the siren is silent here, in seconds of the console's clock. */
  silentUntil = $state<number | null>(null)
  wakefulness = $state.raw<Wakefulness>(AWAKE)
  lock = $state<LockState>('not_yet')
  lagMs = $state<number | null>(null)

  #siren: Siren = QUIET
  #lostAt: number | null = null
  #returned: Return | null = null
  #changes = 0
  readonly #reporting = new Reporting()

  constructor(private readonly station: Workstation) {}

  /** Take what is known now; whatever should sound does when this returns. */
  see(facts: Facts, now: number): void {
    if (facts.lost) this.#lostAt ??= now
    else if (this.#lostAt !== null) {
      this.#returned = { away: now - this.#lostAt }
      this.#lostAt = null
    }
    this.#siren = heard(this.#siren, facts, now)
    this.#sound(now)
    for (const chime of this.#siren.chimes) this.station.speaker.once(chime)
    this.wakefulness = looked(this.wakefulness, this.station.wall(), this.station.visible())
  }

  /** That the link is back, once. */
  takeReturn(): Return | null {
    const returned = this.#returned
    this.#returned = null
    return returned
  }

  silence(now: number): void {
    this.#siren = silence(this.#siren, now)
    this.#sound(now)
  }

  /** Sound what the siren is made of, and ask whether it was heard. */
  checkSound(): void {
    this.station.speaker.wake()
    this.station.speaker.once('check')
    this.check = 'asked'
  }

  answerCheck(wasHeard: boolean): void {
    this.check = wasHeard ? 'heard' : 'unheard'
  }

  /** What to tell the gateway now, as `Reporting.say` has it; `wall`: it shows the wall display. */
  report(wall: boolean, now: number, due: boolean, instant: (at: number) => string): readonly Condition[] {
    const how = {
      wall,
      sound: this.sound,
      visible: this.wakefulness.visible,
      awake: this.lock === 'held',
      silentUntil: this.silentUntil,
    }
    const frames = this.#reporting.say(how, now, due, instant)
    this.lagMs = this.#reporting.lagMs(now)
    return frames
  }

  noted(now: number): void {
    this.#reporting.noted(now)
  }

  unlinked(): void {
    this.#reporting.lost()
    this.lagMs = null
  }

  /** Whether nothing may blink. */
  still(): boolean {
    return this.station.still()
  }

  open(changed: () => void): void {
    this.station.open(changed)
  }

  close(): void {
    this.station.close()
  }

  #sound(now: number): void {
    const { speaker, outputs } = this.station
    if (outputs.changes > this.#changes && this.check !== 'asked') this.check = 'due'
    this.#changes = outputs.changes
    const sounding = loops(this.#siren, now)
    speaker.loop(sounding)
    this.sounding = sounding
    this.silentUntil = silentUntil(this.#siren, now)
    this.fault = soundFault(speaker.fault(now), outputs.missing, this.check)
    this.sound = soundState(this.fault, this.check, this.#siren, now)
    this.lock = this.station.lock()
  }
}
