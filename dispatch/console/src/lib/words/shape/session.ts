/** The words of sessions: signing in elsewhere, running out. */
export interface SessionWords {
  title: string
}
