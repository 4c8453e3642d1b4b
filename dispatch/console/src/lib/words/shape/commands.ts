/** The words of what an operator may do, and what came of it. */
export interface CommandWords {
  title: string
}
