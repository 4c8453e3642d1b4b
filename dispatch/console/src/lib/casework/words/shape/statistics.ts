/** The words of: figures. */
export interface StatisticsWords {
  title: string
}
