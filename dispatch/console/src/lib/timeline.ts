/** What happened to an alarm, step by step, in words; each note stands with the step it was written with. */
import { sourceOf } from './alarms'
import { breachLine } from './breach'
import { clock, distance } from './format'
import type {
  AlarmView,
  AssignedUnit,
  DeviceReport,
  Escalation,
  Note,
  OperatorName,
  TimelineEntry,
} from './wire'
import type { Words } from './words'

/** Every kind of event that can happen to an alarm. The twin of `gateway.domain.alarm.EventKind`. */
export const ALARM_KINDS = [
  'alarm.raised',
  'alarm.pressed_again',
  'alarm.acknowledged',
  'alarm.acknowledgement_lapsed',
  'alarm.escalated',
  'alarm.unit_assigned',
  'alarm.unit_status',
  'alarm.noted',
  'alarm.transferred',
  'alarm.taken_over',
  'alarm.crossed',
  'alarm.enriched',
  'alarm.victim_moved',
  'alarm.position_lost',
  'alarm.position_restored',
  'alarm.tracking_ending',
  'alarm.tracking_ended',
  'alarm.cancel_requested',
  'alarm.breached',
  'alarm.retreated',
  'alarm.call_received',
  'alarm.message_received',
  'alarm.medical_received',
  'alarm.device_reported',
  'alarm.closed',
  'alarm.reviewed',
  'alarm.reopened',
  'alarm.expired',
] as const

export type AlarmKind = (typeof ALARM_KINDS)[number]

export interface Step {
  /** Steady while the timeline is read anew. */
  readonly key: string
  readonly kind: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Seconds since the alarm was raised. */
  readonly after: number
  readonly by: OperatorName | null
  /** What happened, in words; a kind that has none shows its code. */
  readonly what: string
  readonly details: readonly string[]
  readonly notes: readonly Note[]
}

/** The steps in the order in which they happened. */
export function stepsOf(
  entries: readonly TimelineEntry[],
  notes: readonly Note[],
  words: Words,
): readonly Step[] {
  const raisedAt = entries[0] ? Date.parse(entries[0].at) : 0
  const written = withTheirStep(entries, notes)
  let before: Standing = { centre: null, units: [] }
  const told = entries.map((entry): Step => {
    const step = {
      ...timed(entry.at, raisedAt),
      key: `v${entry.version}`,
      kind: entry.kind,
      by: entry.by,
      what: whatOf(entry, words),
      details: details(entry, before, words),
      notes: written.get(entry.version) ?? [],
    }
    before = { centre: entry.centre, units: changed(entry).units ?? before.units }
    return step
  })
  const apart = (written.get(null) ?? []).map((note): Step => ({
    ...timed(note.at, raisedAt),
    key: `n${note.at}${note.by.operator_id}`,
    kind: note.about,
    by: note.by,
    what: words.history.kind['alarm.noted'],
    details: [],
    notes: [note],
  }))
  return [...told, ...apart].toSorted((one, other) => one.at - other.at)
}

interface Standing {
  readonly centre: string | null
  readonly units: readonly AssignedUnit[]
}

const WRITTEN_BEFORE_MS = 60_000 // a note is dated when it was decided, its step when it was committed

/** The notes by the version of the step they were written with; null: with none of these. */
function withTheirStep(
  entries: readonly TimelineEntry[],
  notes: readonly Note[],
): ReadonlyMap<number | null, readonly Note[]> {
  const found = new Map<number | null, Note[]>()
  const oldestFirst = notes.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
  for (const note of oldestFirst) {
    const near = entries
      .filter((entry) => entry.kind === note.about && entry.by?.operator_id === note.by.operator_id)
      .filter((entry) => !found.has(entry.version) && apart(entry, note) <= WRITTEN_BEFORE_MS)
      .toSorted((one, other) => apart(one, note) - apart(other, note))[0]
    const version = near?.version ?? null
    found.set(version, [...(found.get(version) ?? []), note])
  }
  return found
}

function apart(entry: TimelineEntry, note: Note): number {
  return Math.abs(Date.parse(entry.at) - Date.parse(note.at))
}

function timed(instant: string, raisedAt: number): Pick<Step, 'at' | 'after'> {
  const at = Date.parse(instant)
  return { at, after: Math.max(0, (at - raisedAt) / 1000) }
}

/** What happened; a perimeter that joins an open alarm comes as a press does, and is none. */
function whatOf(entry: TimelineEntry, words: Words): string {
  if (!isKnown(entry.kind)) return words.history.unknownKind(entry.kind)
  const ofPerimeter = changed(entry).source?.kind === 'perimeter'
  const kind = entry.kind === 'alarm.pressed_again' && ofPerimeter ? 'alarm.breached' : entry.kind
  return words.history.kind[kind]
}

function isKnown(kind: string): kind is AlarmKind {
  return (ALARM_KINDS as readonly string[]).includes(kind)
}

/** What differs is written by the gateway from its own image of the alarm; a later version may write more. */
function changed(entry: TimelineEntry): Partial<AlarmView> {
  return entry.changed as Partial<AlarmView>
}

function details(entry: TimelineEntry, before: Standing, words: Words): readonly string[] {
  const said = words.history.detail
  const now = changed(entry)
  switch (entry.kind as AlarmKind) {
    case 'alarm.raised':
      return [
        ...(now.purpose && now.purpose !== 'real' ? [words.purpose[now.purpose]] : []),
        ...breached(now, words),
        ...from(now, words),
        named(entry.centre, words),
        ...listed(now.shared?.map(({ centre }) => centre) ?? [], said.also, words),
      ]
    case 'alarm.pressed_again':
      return [
        ...breached(now, words),
        ...(now.press_count && !now.breach ? [said.presses(now.press_count)] : []),
        ...from(now, words),
      ]
    case 'alarm.breached':
    case 'alarm.retreated':
      return breached(now, words)
    case 'alarm.device_reported':
      return now.device ? device(now.device, words) : []
    case 'alarm.escalated':
      return now.escalation ? escalated(now.escalation, words) : []
    case 'alarm.unit_assigned':
    case 'alarm.unit_status':
      return moved(before.units, now.units ?? [], words)
    case 'alarm.transferred':
    case 'alarm.taken_over':
      return before.centre ? [said.fromTo(named(before.centre, words), named(entry.centre, words))] : []
    case 'alarm.crossed':
      return [now.crossed_to ? said.to(named(now.crossed_to, words)) : said.back]
    case 'alarm.victim_moved':
      return typeof now.moved_m === 'number' ? [said.moved(distance(now.moved_m, words.locale))] : []
    case 'alarm.cancel_requested':
      return now.cancel ? [said.word[now.cancel.word] ?? now.cancel.word] : []
    case 'alarm.closed':
    case 'alarm.expired':
      return now.closure
        ? [
            words.commands.outcome[now.closure.outcome]?.name ?? now.closure.outcome,
            ...(now.closure.needs_second_look ? [said.secondLook] : []),
          ]
        : []
    case 'alarm.reopened':
      return now.tracking_until
        ? [said.followedUntil(clock(Date.parse(now.tracking_until), words.locale))]
        : []
    default:
      return []
  }
}

/** Whether he is inside, where and how sure that is: never a bare yes. */
function breached({ breach }: Partial<AlarmView>, words: Words): string[] {
  return breach ? [breachLine(breach, words)] : []
}

/** What it came from, where that is not our own button. */
function from(now: Partial<AlarmView>, words: Words): string[] {
  const source = sourceOf(now, words)
  return source ? [source] : []
}

function device({ condition, battery_pct }: DeviceReport, words: Words): string[] {
  const battery = battery_pct === null ? [] : [`${battery_pct} %`]
  return [words.told.device.condition[condition] ?? condition, ...battery]
}

function escalated({ level, steps, step, reason, to }: Escalation, words: Words): string[] {
  const said = words.history.detail
  const done = steps.length > 0 ? steps : [step]
  return [
    said.level(level),
    ...done.map((each) => words.ladder[each] ?? each),
    ...listed(to, said.told, words),
    ...(reason === 'no_console' ? [said.noConsole] : []),
  ]
}

/** What differs of the units: who was sent, and where each stands. */
function moved(before: readonly AssignedUnit[], now: readonly AssignedUnit[], words: Words): string[] {
  const was = new Map(before.map((unit) => [unit.unit_id, unit]))
  return now
    .filter((unit) => {
      const old = was.get(unit.unit_id)
      return (
        !old || old.status !== unit.status || old.status_at !== unit.status_at || old.eta_s !== unit.eta_s
      )
    })
    .map((unit) => {
      const status = unit.taken_away ? words.course.takenAway : (words.unitStatus[unit.status] ?? unit.status)
      const coming = unit.status !== 'on_scene' && unit.status !== 'cleared' && unit.eta_s !== null
      const eta = coming ? `, ${words.course.eta(Math.max(1, Math.round((unit.eta_s ?? 0) / 60)))}` : ''
      return `${unit.name}: ${status}${eta}`
    })
}

function listed(centres: readonly string[], say: (centres: string) => string, words: Words): string[] {
  return centres.length > 0 ? [say(centres.map((centre) => named(centre, words)).join(', '))] : []
}

function named(centre: string, words: Words): string {
  return words.centre[centre] ?? centre
}
