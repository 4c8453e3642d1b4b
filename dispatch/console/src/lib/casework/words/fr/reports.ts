import type { ReportsWords } from '../shape/reports'

export const reports: ReportsWords = {
  title: 'Rapport journalier',
}
