import type { HistoryWords } from '../shape/history'

export const history: HistoryWords = {
  title: 'Looking back',
}
