/** The words of the timeline and of looking back. */
export interface HistoryWords {
  title: string
}
