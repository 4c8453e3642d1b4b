/** The words of: who looked. */
export interface AccessWords {
  title: string
}
