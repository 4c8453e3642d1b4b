/** The words of: daily report. */
export interface ReportsWords {
  title: string
}
