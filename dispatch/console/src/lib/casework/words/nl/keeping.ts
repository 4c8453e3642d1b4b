import type { KeepingWords } from '../shape/keeping'

export const keeping: KeepingWords = {
  title: 'Bewaren en wissen',
}
