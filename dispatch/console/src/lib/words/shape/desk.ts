/** The words of the frame around the work: signing in, the link, what is news. */
import type { FinalCode } from '../../link'
import type { Snapshot } from '../../wire'

export interface DeskWords {
  signIn: {
    title: string
    username: string
    password: string
    submit: string
    busy: string
    byLink: string
    linkFailed: string
  }
  link: {
    live: string
    connecting: string
    lost: (asOf: string | null) => string
    silent: (asOf: string | null) => string
    behind: (asOf: string | null) => string
    none: string
    /** Of what is stale, beside it. */
    asOf: (time: string | null) => string
    latency: (ms: number) => string
    slow: (time: string) => string
    restored: (time: string) => string
    retryIn: (seconds: number) => string
    retrying: string
    ended: Record<FinalCode, string>
    useHere: string
    signInAgain: string
    replayed: (centre: string, events: number) => string
    snapshot: (centre: string, reason: Snapshot['reason']) => string
  }
  news: {
    raised: (purpose: string, name: string | null, centre: string) => string
    pressedAgain: (name: string | null) => string
    acknowledged: (name: string | null, by: string) => string
    coerced: (name: string | null) => string
  }
  keys: { acknowledge: string; choose: string; signOut: string }
}
