/** The words of the supervisor’s view. */
export interface SupervisionWords {
  title: string
}
