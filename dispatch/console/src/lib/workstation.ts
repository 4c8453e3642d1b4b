/** The workstation under the page: its loudspeaker, whether it is looked at, and what keeps it awake. */
import { Outputs } from './sound_outputs'
import { Player, type Speaker } from './sound_player'
import { WakefulnessLock, type LockState } from './wakefulness_lock'

export interface Workstation {
  readonly speaker: Speaker
  readonly outputs: Pick<Outputs, 'missing' | 'changes'>
  /** Seconds on a clock that runs on while the workstation sleeps. */
  wall(): number
  visible(): boolean
  /** Whether who sits here asked for less motion. */
  still(): boolean
  lock(): LockState
  /** Begin; `changed` is called when something of this changed by itself. */
  open(changed: () => void): void
  close(): void
}

const GESTURES = ['pointerdown', 'pointerup', 'keydown', 'touchend'] as const

/** The browser as the workstation. Every gesture is used to be heard and to stay awake. */
export class BrowserWorkstation implements Workstation {
  readonly speaker = new Player(
    () => ('AudioContext' in window ? new AudioContext() : null),
    () => this.#changed(),
  )
  readonly outputs = new Outputs(navigator.mediaDevices, () => this.#changed())
  readonly #lock = new WakefulnessLock(document, navigator.wakeLock, () => this.#changed())
  #changed: () => void = () => {}
  readonly #gesture = () => {
    this.speaker.wake()
    void this.#lock.hold()
  }
  readonly #seen = () => {
    void this.#lock.hold()
    this.#changed()
  }

  wall(): number {
    return Date.now() / 1000
  }

  visible(): boolean {
    return document.visibilityState === 'visible'
  }

  still(): boolean {
    return matchMedia('(prefers-reduced-motion: reduce)').matches
  }

  lock(): LockState {
    return this.#lock.state
  }

  open(changed: () => void): void {
    this.#changed = changed
    for (const gesture of GESTURES) window.addEventListener(gesture, this.#gesture, { capture: true })
    document.addEventListener('visibilitychange', this.#seen)
    void this.#lock.hold()
  }

  close(): void {
    this.#changed = () => {}
    for (const gesture of GESTURES) window.removeEventListener(gesture, this.#gesture, { capture: true })
    document.removeEventListener('visibilitychange', this.#seen)
    this.#lock.close()
    this.outputs.close()
    this.speaker.close()
  }
}
