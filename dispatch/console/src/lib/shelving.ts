/** Notices: whose they are, which are put aside now, and who is not protected. Time is the gateway's clock, in ms. */
import type { NoticeView, ProtectionView, Role, ShelvingReason } from './wire'

/** The gateway refuses more (`SHELVED_MAX_S`): a shift. */
export const SHELVED_MAX_S = 28_800

/** What is offered, in seconds. */
export const LENGTHS_S: readonly number[] = [1800, 3600, 7200, 14_400, SHELVED_MAX_S]

export const REASONS: readonly ShelvingReason[] = [
  'in_hand',
  'known_cause',
  'planned',
  'office_hours',
  'doubtful',
]

/** One who is not protected, and the notice of it that is open, if it is for this operator. */
export interface Unprotected {
  readonly protection: ProtectionView
  readonly notice: NoticeView | null
}

export interface Tasks {
  readonly due: readonly NoticeView[]
  readonly unprotected: readonly Unprotected[]
  readonly shelved: readonly NoticeView[]
}

/** The most pressing first. What ends by itself stands last. */
const RANK: readonly string[] = [
  'escalated',
  'unattended',
  'flood',
  'many_silent',
  'perimeter',
  'perimeter_blind',
  'tracker_fault',
  'call_flagged',
  'webhook_failed',
  'receiver_failed',
  'events_quarantined',
  'strangers',
  'attended_again',
  'perimeter_sees',
  'second_look',
  'protection',
  'decision_due',
  'support_due',
  'evaluation_due',
]
const ENDS_BY_ITSELF: readonly string[] = ['exercise', 'test_window']

/** Whether a notice is for somebody with these roles. The gateway lets nobody else deal with it. */
export function isFor(notice: NoticeView, roles: readonly Role[]): boolean {
  return notice.audience.includes('everybody') || roles.includes('supervisor')
}

/** Whether a notice is put aside: once its time has passed it is not, whatever was last told. */
export function isShelved(notice: NoticeView, now: number): boolean {
  return notice.shelved !== null && Date.parse(notice.shelved.until) > now
}

/** Whether somebody can say that it is dealt with: an exercise or a test window is not ended by saying so. */
export function canBeDealtWith(notice: NoticeView): boolean {
  return !ENDS_BY_ITSELF.includes(notice.kind)
}

/** What there is to do for somebody with these roles, in order; of a protection that fails only once. */
export function tasksOf(
  notices: readonly NoticeView[],
  protections: readonly ProtectionView[],
  roles: readonly Role[],
  now: number,
): Tasks {
  const mine = notices.filter((notice) => isFor(notice, roles))
  const ofHer = new Map(
    mine.filter(({ kind }) => kind === 'protection').map((notice) => [notice.subject, notice]),
  )
  const lacking = new Set(protections.map(({ registration_id }) => registration_id))
  const shelved = mine.filter((notice) => isShelved(notice, now))
  return {
    due: mine
      .filter((notice) => !isShelved(notice, now))
      .filter(({ kind, subject }) => kind !== 'protection' || !lacking.has(subject))
      .toSorted((one, other) => rank(one) - rank(other) || instant(one) - instant(other)),
    unprotected: protections
      .map((protection) => ({ protection, notice: ofHer.get(protection.registration_id) ?? null }))
      .toSorted(worstFirst),
    shelved: shelved.toSorted((one, other) => end(one) - end(other)),
  }
}

function rank({ kind }: NoticeView): number {
  if (ENDS_BY_ITSELF.includes(kind)) return RANK.length + 1
  return RANK.includes(kind) ? RANK.indexOf(kind) : RANK.length
}

function instant({ raised_at }: NoticeView): number {
  return Date.parse(raised_at)
}

function end({ shelved }: NoticeView): number {
  return shelved ? Date.parse(shelved.until) : 0
}

function worstFirst({ protection: one }: Unprotected, { protection: other }: Unprotected): number {
  const weight = (each: ProtectionView) => (each.state === 'unprotected' ? 0 : 1)
  return weight(one) - weight(other) || Date.parse(one.since) - Date.parse(other.since)
}
