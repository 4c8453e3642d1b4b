/** The words of sessions: signing in, running out, signing in again, and who has no console. */
import type { Role } from '../../wire'

/** Why signing in by the provider did not work, as the address tells it. */
export const REFUSALS = ['denied', 'expired', 'not-allowed', 'too-many', 'unreachable', 'failed'] as const
export type Refusal = (typeof REFUSALS)[number]

export interface SessionWords {
  title: string
  ending: (at: string) => string
  ended: (at: string) => string
  blank: (at: string) => string
  password: (name: string) => string
  again: string
  byLink: string
  elsewhere: string
  somebodyElse: string
  stillIn: string
  unsent: (commands: number) => string
  understood: string
  capsLock: string
  byProvider: (provider: string | null) => string
  orLocal: string
  waiting: string
  refusal: Record<Refusal, string>
  retry: string
  done: { title: string; text: string; here: string }
  noConsole: {
    title: (name: string) => string
    text: string
    noCentre: string
    role: Record<Exclude<Role, 'operator' | 'supervisor'>, string>
  }
}
