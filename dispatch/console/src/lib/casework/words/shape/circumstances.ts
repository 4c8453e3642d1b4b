/** The words of: circumstances. */
export interface CircumstancesWords {
  title: string
}
