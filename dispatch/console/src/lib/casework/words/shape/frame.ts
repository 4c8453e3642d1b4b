/** The words around the case teams' pages. */
import type { CaseworkPage } from '../../../wire'

export interface FrameWords {
  product: string
  pages: Record<CaseworkPage, string>
  nav: string
  signOut: string
  toConsole: string
  teams: string
  loading: string
  again: string
  missing: string
  refused: Record<
    | 'unreachable'
    | 'not-yours'
    | 'not-found'
    | 'not-signed-in'
    | 'invalid'
    | 'stale-version'
    | 'not-allowed-now'
    | 'too-many'
    | 'other',
    string
  >
  save: string
  cancel: string
  done: string
  yes: string
  no: string
  none: string
  ui: {
    optional: string
    choose: string
    missing: string
    wrong: string
    busy: string
    more: string
    back: string
  }
}
