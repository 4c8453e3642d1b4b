/** The words of: keeping and erasing. */
export interface KeepingWords {
  title: string
}
