/** The words of presses that are received and not stored yet, because the database is away. */
export interface ProvisionalWords {
  /** On each of them, wherever it stands. */
  mark: string
  bar: { title: string; says: (count: number) => string }
  what: string
  noCommand: string
  file: (ago: string) => string
  fileUnknown: string
  node: (name: string) => string
  see: string
  seeNote: string
  seen: string
}
