/** The words of notices, and of who is not protected. */
import type { Answer } from '../../asking'
import type { ConditionKind, FaultKind, NoticeKind, ProtectionState, ShelvingReason } from '../../wire'

export type TrackerFault = Exclude<ConditionKind, 'ok'> | 'silent'

/** Why a zone around her is blind: what is so of her own tracker. */
export type BlindWhy = 'no_tracker' | 'silent' | 'no_fix'

export interface TaskWords {
  title: string
  none: string
  due: (count: number) => string
  shelvedCount: (count: number) => string
  unprotectedCount: (count: number) => string
  list: {
    due: string
    nothingDue: string
    unprotected: string
    shelved: string
    more: (count: number) => string
  }
  kind: Record<NoticeKind, string>
  unknownKind: (code: string) => string
  detail: {
    reviewsDue: (files: number) => string
    eventsQuarantined: (events: number) => string
    hotspot: {
      own: string
      others: (count: number) => string
      byHand: (count: number) => string
      only: string
    }
    callFlagged: {
      files: (count: number, time: string) => string
      byHand: (count: number) => string
      only: string
      own: (time: string) => string
    }
    flood: (alarms: number, consoles: number) => string
    manySilent: (silent: number, watched: number) => string
    unattended: (centre: string) => string
    attendedAgain: (alarms: number, since: string) => string
    closedAt: (time: string) => string
    level: (level: number, raisedAt: string) => string
    until: (time: string) => string
    webhook: string
    receiver: Readonly<Record<'failing' | 'gone' | 'dead', (name: string) => string>>
    by: (day: string) => string
    perimeter: { at: (metres: number) => string; nearing: string; away: string }
    blind: {
      since: (when: string) => string
      never: string
      why: Readonly<Record<BlindWhy, string>>
      near: string
      sees: (from: string) => string
    }
    tracker: Readonly<Record<TrackerFault, string>>
    ofVictim: string
    nearZone: string
  }
  state: Record<Exclude<ProtectionState, 'protected'>, string>
  fault: Record<FaultKind, string>
  since: (age: string) => string
  heard: (ago: string) => string
  neverHeard: string
  act: { clear: string; shelve: string; unshelve: string; lookBack: string; show: string }
  shelve: { title: string; lasts: string; reason: string; most: string; submit: string; cancel: string }
  hours: (count: number) => string
  minutes: (count: number) => string
  reason: Record<ShelvingReason, string>
  shelvedUntil: (time: string, left: string) => string
  shelvedBy: (name: string, reason: string) => string
  answer: Record<Exclude<Answer, 'done' | 'refused'>, string>
  refused: (why: string) => string
  noLink: string
}
