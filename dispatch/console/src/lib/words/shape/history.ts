/** The words of the timeline and of looking back. */
import type { AlarmKind } from '../../timeline'
import type { CancelRequest } from '../../wire'

export interface HistoryWords {
  timeline: {
    title: string
    newestFirst: string
    oldestFirst: string
    /** Nobody at a console did it. */
    byItself: string
    all: (count: number) => string
    fewer: string
    reading: string
    unread: string
    again: string
    asOf: (time: string) => string
    erased: string
  }
  kind: Record<AlarmKind, string>
  unknownKind: (code: string) => string
  detail: {
    presses: (count: number) => string
    level: (level: number) => string
    told: (centres: string) => string
    noConsole: string
    also: (centres: string) => string
    fromTo: (from: string, to: string) => string
    to: (centre: string) => string
    back: string
    moved: (distance: string) => string
    word: Record<CancelRequest['word'], string>
    secondLook: string
    followedUntil: (time: string) => string
  }
  list: {
    title: string
    show: string
    all: string
    review: string
    purpose: string
    anyPurpose: string
    newer: string
    older: string
    page: (number: number) => string
    none: string
    noneInReview: string
    keys: string
    choose: string
  }
  closed: {
    title: string
    raised: (time: string) => string
    lasted: (duration: string) => string
    outcome: string
    disposition: string
    closedBy: (name: string, time: string) => string
    closedByItself: (time: string) => string
    waits: string
    reviewed: (name: string, time: string) => string
    /** A signed file for the court, with everything about it. */
    evidence: string
    openAgain: string
    show: string
    place: string
  }
}
