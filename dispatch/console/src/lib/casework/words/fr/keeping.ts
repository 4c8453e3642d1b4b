import type { KeepingWords } from '../shape/keeping'

export const keeping: KeepingWords = {
  title: 'Conservation et effacement',
}
