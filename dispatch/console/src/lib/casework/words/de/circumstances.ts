import type { CircumstancesWords } from '../shape/circumstances'

export const circumstances: CircumstancesWords = {
  title: 'Besondere Umstände',
}
