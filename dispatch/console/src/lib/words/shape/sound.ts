/** The words of sounds, and of what keeps this workstation awake. */
export interface SoundWords {
  title: string
}
