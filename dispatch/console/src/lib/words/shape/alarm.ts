/** The words of one alarm: banner, queue, who she is and what to know. */
import type { AgeBand, CancelRequest, Purpose } from '../../wire'

export interface AlarmWords {
  banner: {
    title: string
    more: (count: number) => string
    since: string
    calm: string
    calmOpen: (count: number) => string
  }
  queue: {
    title: string
    group: { raised: string; acknowledged: string; apart: string }
    empty: string
    unnamed: string
    presses: (count: number) => string
    coerced: string
    by: (name: string) => string
    worst: (severity: string, kind: string) => string
  }
  detail: {
    title: string
    choose: string
    quiet: string
    raised: (time: string) => string
    pressed: (count: number, ago: string) => string
    reference: string
    acknowledgedBy: (name: string, time: string, afterSeconds: number) => string
    notReal: Record<Exclude<Purpose, 'real'>, string>
    inWindow: (until: string) => string
  }
  acknowledge: {
    act: string
    asking: string
    taken: (name: string) => string
    unanswered: string
    noLink: string
  }
  cancel: { coerced: string; coercedNote: string; asked: Record<CancelRequest['word'], string> }
  notices: { title: string; dropped: (field: string) => string; unknown: (code: string) => string }
  circumstances: {
    title: string
    none: string
    unopened: string
    checked: (date: string) => string
    checkedLongAgo: (date: string) => string
    unchecked: string
    until: (date: string) => string
    over: (date: string) => string
  }
  person: {
    victim: string
    offender: string
    unopened: string
    born: (date: string, age: number) => string
    languages: string
    phone: string
    safeWord: string
    safeWordNote: string
    relation: string
    description: string
    vehicle: string
    photo: string
    duressWord: string
    duressWordNote: string
    alsoKnownAs: string
    coProtected: string
    photoOf: (name: string) => string
    photoMissing: string
    ageBand: Record<AgeBand, string>
  }
}
