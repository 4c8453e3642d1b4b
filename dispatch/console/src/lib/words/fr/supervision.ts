import type { SupervisionWords } from '../shape/supervision'

export const supervision: SupervisionWords = {
  title: 'Supervision',
}
