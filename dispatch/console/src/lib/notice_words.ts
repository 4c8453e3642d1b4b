/** A notice in words: what it is, and what came with it. */
import { clock, day, moment } from './format'
import type { NoticeView } from './wire'
import type { Words } from './words'

/** What kind of notice it is; one of a later version shows its code. */
export function titleOf(notice: NoticeView, words: Words): string {
  return words.tasks.kind[notice.kind] ?? words.tasks.unknownKind(notice.kind)
}

/** What came with it, in a sentence; null where the kind says all. */
export function detailOf(notice: NoticeView, words: Words): string | null {
  const said = words.tasks.detail
  const { detail } = notice
  const time = (key: string) => clock(Date.parse(String(detail[key])), words.locale)
  switch (notice.kind) {
    case 'flood':
      return said.flood(Number(detail['alarms']), Number(detail['consoles']))
    case 'many_silent':
      return said.manySilent(Number(detail['silent']), Number(detail['watched']))
    case 'unattended':
      return said.unattended(words.centre[notice.subject] ?? notice.subject)
    case 'attended_again':
      return said.attendedAgain(Number(detail['diverted']), time('since'))
    case 'second_look':
      return said.closedAt(time('closed_at'))
    case 'escalated':
      return said.level(Number(detail['level']), time('raised_at'))
    case 'exercise':
    case 'test_window':
      return detail['until'] ? said.until(time('until')) : null
    case 'webhook_failed':
      return said.webhook
    case 'receiver_failed':
      return receiver(String(detail['receiver']), String(detail['state']), words)
    case 'decision_due':
    case 'support_due':
    case 'evaluation_due':
      return said.by(day(String(detail['about']), words.locale))
    case 'reviews_due':
      return said.reviewsDue(Number(detail['files']))
    case 'events_quarantined':
      return said.eventsQuarantined(Number(detail['count']))
    case 'hotspot':
      return hotspot(detail, words)
    case 'call_flagged':
      return called(notice, words)
    case 'perimeter':
      return perimeter(detail, words)
    case 'perimeter_blind':
      return blind(detail, words)
    case 'perimeter_sees':
      return said.blind.sees(when(detail['since'], words))
    case 'tracker_fault':
      return tracker(detail, words)
    case 'protection':
      return faults(String(detail['faults'] ?? '').split(' '), words)
    default:
      return null
  }
}

/** What is flagged where she is, each alarm's own notice; null: nothing is. */
export function flaggedAt(alarmId: string, notices: readonly NoticeView[], words: Words): string | null {
  const told = notices.find(({ kind, subject }) => kind === 'hotspot' && subject === alarmId)
  return told ? `${words.tasks.kind.hotspot}. ${hotspot(told.detail, words)}` : null
}

function receiver(name: string, state: string, words: Words): string | null {
  const said: Readonly<Record<string, (name: string) => string>> = words.tasks.detail.receiver
  return said[state]?.(name) ?? null
}

function hotspot(detail: NoticeView['detail'], words: Words): string {
  const said = words.tasks.detail.hotspot
  const [own, others, byHand] = ['own', 'others', 'by_hand'].map((key) => Number(detail[key] ?? 0))
  return [own && said.own, others && said.others(others), byHand && said.byHand(byHand), said.only]
    .filter(Boolean)
    .join(' ')
}

function perimeter(detail: NoticeView['detail'], words: Words): string {
  const { at, nearing, away } = words.tasks.detail.perimeter
  const course = { true: nearing, false: away }[String(detail['nearing'])]
  return [at(Number(detail['distance_m'])), course].filter(Boolean).join(' ')
}

function blind(detail: NoticeView['detail'], words: Words): string {
  const { since, never, why, near } = words.tasks.detail.blind
  const seen = detail['seen_at']
  const reasons: Readonly<Record<string, string>> = why
  return [seen ? since(when(seen, words)) : never, reasons[String(detail['why'])], detail['near'] && near]
    .filter(Boolean)
    .join(' ')
}

function when(at: unknown, words: Words): string {
  return moment(Date.parse(String(at)), words.locale)
}

function tracker(detail: NoticeView['detail'], words: Words): string {
  const { tracker: said, ofVictim, nearZone } = words.tasks.detail
  const condition = String(detail['condition'])
  const known: Readonly<Record<string, string>> = said
  const parts = [
    known[condition] ?? condition,
    detail['role'] === 'victim' && ofVictim,
    detail['near'] && nearZone,
  ]
  return parts.filter(Boolean).join(' ')
}

/** To everybody: how much is flagged; to those who work with a file: that it is theirs. No number in either. */
function called({ detail, reference }: NoticeView, words: Words): string {
  const said = words.tasks.detail.callFlagged
  const time = clock(Date.parse(String(detail['called_at'])), words.locale)
  if (reference) return said.own(time)
  const [files, byHand] = [Number(detail['files'] ?? 0), Number(detail['by_hand'] ?? 0)]
  return [said.only, files && said.files(files, time), byHand && said.byHand(byHand)]
    .filter(Boolean)
    .join(' ')
}

/** Why she is not protected, in words; a fault of a later version shows its code. */
export function faults(kinds: readonly string[], words: Words): string | null {
  const said: Readonly<Record<string, string>> = words.tasks.fault
  const known = kinds.filter((kind) => kind !== '').map((kind) => said[kind] ?? kind)
  return known.length > 0 ? known.join(', ') : null
}
