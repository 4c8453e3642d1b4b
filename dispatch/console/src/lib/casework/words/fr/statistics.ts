import type { StatisticsWords } from '../shape/statistics'

export const statistics: StatisticsWords = {
  title: 'Chiffres',
}
