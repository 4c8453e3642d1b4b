/** The words of sounds, and of what keeps this workstation awake. */
import type { SoundFault } from '../../sound_state'
import type { SoundState } from '../../wire'

export interface SoundWords {
  title: string
  state: Record<SoundState, string>
  fault: Record<SoundFault, string>
  silence: (seconds: number) => string
  silentFor: (seconds: number) => string
  /** What the check is for, what it asks, and its answers. */
  due: string
  check: string
  checkAgain: string
  asked: string
  heard: string
  unheard: string
  /** What is said when the siren begins to be silent and to sound again. */
  nowSilent: string
  slept: (time: string) => string
  held: (time: string) => string
  notKeptAwake: string
  understood: string
  /** The window's title while alarms wait. */
  waiting: (alarms: number) => string
}
