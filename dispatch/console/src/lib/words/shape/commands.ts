/** The words of what an operator may do, and what came of it. */
import type { AlarmCommand } from '../../asking'
import type { Outcome, UnitStatus } from '../../wire'

export interface CommandWords {
  title: string
  /** On buttons. */
  act: Record<AlarmCommand['type'], string>
  status: Record<UnitStatus, string>
  asking: string
  cancel: string
  /** No link; what is typed stays. */
  noLink: string
  /** No link, and something was asked of which no answer came. */
  inFlight: string
  /** Nobody answered: unknown, not "not done". */
  unanswered: string
  again: string
  refused: (why: string) => string
  /** Closing was refused because of what happened since it was looked at. */
  stale: string
  /** Why a command cannot be asked for yet. */
  first: { acknowledge: (key: string) => string; unit: string; noUnits: string }
  lapse: {
    falls: (seconds: number) => string
    perhaps: (seconds: number) => string
    due: string
    fell: (count: number) => string
  }
  assign: {
    title: string
    unit: string
    free: string
    busy: (victim: string) => string
    other: string
    eta: string
    force: (unit: string, victim: string) => string
    submit: string
    forceSubmit: string
  }
  units: { title: string; left: (minutes: number) => string }
  note: { title: string; text: string; submit: string; left: (characters: number) => string }
  transfer: {
    title: string
    to: string
    note: string
    hands: (centre: string) => string
    takes: (centre: string) => string
    submit: string
  }
  offer: {
    here: (centre: string) => string
    take: string
    there: (centre: string) => string
    hand: (centre: string) => string
  }
  close: {
    title: string
    outcome: string
    genuine: string
    noise: string
    note: string
    submit: string
    pressedAgain: string
  }
  outcome: Record<Outcome, { name: string; means: string }>
  secondLook: { follows: string; done: (name: string) => string; only: string }
  closed: (victim: string, outcome: string, by: string | null) => string
  gone: (victim: string) => string
  lookBack: string
  reopen: { title: string; note: string; submit: string }
  review: { title: string; note: string; submit: string }
  missing: { unit: string; force: string; eta: string; note: string; to: string; outcome: string }
  done: {
    assign: (unit: string, victim: string) => string
    status: (unit: string, status: string) => string
    note: (victim: string) => string
    transfer: (victim: string, centre: string) => string
    reopen: (victim: string) => string
    review: (victim: string) => string
  }
  news: { lapsed: (victim: string) => string; refused: (act: string, why: string) => string }
  keys: { forms: string; escape: string }
}
