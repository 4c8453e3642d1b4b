import type { SoundWords } from '../shape/sound'

export const sound: SoundWords = {
  title: 'Sound',
}
