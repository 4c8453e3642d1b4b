/** Whether the siren of this workstation can be heard, in one word for the gateway and one fault in words. */
import { loops, silentUntil, type Siren } from './siren'
import type { SpeakerFault } from './sound_player'
import type { SoundState } from './wire'

/** What became of the sound check: `asked` whether it was heard. */
export type Check = 'due' | 'asked' | 'heard' | 'unheard'

/** Why the siren cannot be heard, the surest first; `unheard`: so says who sits here. */
export type SoundFault = SpeakerFault | 'unheard'

export function soundFault(speaker: SpeakerFault | null, missing: boolean, check: Check): SoundFault | null {
  if (speaker) return speaker
  if (missing) return 'missing'
  return check === 'unheard' ? 'unheard' : null
}

/** What cannot be heard is blocked, whatever it is doing. */
export function soundState(fault: SoundFault | null, check: Check, siren: Siren, now: number): SoundState {
  if (fault) return 'blocked'
  if (silentUntil(siren, now) !== null) return 'silenced'
  if (loops(siren, now).some((loop) => loop !== 'lost')) return 'sounding'
  return check === 'heard' ? 'ready' : 'unchecked'
}
