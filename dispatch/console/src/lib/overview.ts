/** What a supervisor should see first: an overview of several centres, put in order and counted once. */
import { isShelved } from './shelving'
import type {
  AnswerTimes,
  CanarySeen,
  CentreOverview,
  ConsoleFault,
  ConsoleView,
  Overview,
  UnansweredAlarm,
  Within,
  WithoutUnit,
} from './wire'

/** The share that should be answered within so many seconds (NENA-STA-020.1-2020). */
export const TARGETS: ReadonlyMap<number, number> = new Map([
  [15, 0.9],
  [20, 0.95],
])

export const CANARY_LATE_S = 90 // one is sent through each node each 30 s: three are missing

/** The gravest first, as the gateway tells them. */
const FAULTS: readonly ConsoleFault[] = [
  'sound_blocked',
  'not_heard',
  'hidden',
  'sound_unchecked',
  'slow',
  'may_go_dark',
]

/** Faults by which an alarm may come unnoticed; the others are worth mending, not worth a call. */
const GRAVE: ReadonlySet<ConsoleFault> = new Set(['sound_blocked', 'not_heard', 'hidden', 'sound_unchecked'])

export interface Totals {
  readonly unanswered: number
  /** When the alarm that waits longest was raised. */
  readonly longest: string | null
  readonly withoutUnit: number
  readonly consoles: number
  readonly consoleFaults: number
  readonly unprotected: number
  readonly degraded: number
}

/** Every console once, whatever number of centres it is attached to; the worst first. */
export function consolesOf({ centres }: Overview): ConsoleView[] {
  const all = once(
    centres.flatMap(({ consoles }) => consoles),
    ({ console }) => console,
  )
  return all.toSorted((a, b) => gravity(a) - gravity(b) || a.operator.name.localeCompare(b.operator.name))
}

/** Every alarm that nobody has, once; the one that waits longest first. */
export function unansweredOf({ centres }: Overview): UnansweredAlarm[] {
  return oldestFirst(centres.flatMap(({ unanswered }) => unanswered))
}

export function withoutUnitOf({ centres }: Overview): WithoutUnit[] {
  const all = once(
    centres.flatMap(({ without_unit }) => without_unit),
    ({ alarm_id }) => alarm_id,
  )
  return all.toSorted((a, b) => Date.parse(a.acknowledged_at) - Date.parse(b.acknowledged_at))
}

/** How many alarms are waiting that no list shows, because it is cut. */
export function unlisted(whole: number, listed: readonly unknown[]): number {
  return Math.max(0, whole - listed.length)
}

export function totals(overview: Overview): Totals {
  const { centres } = overview
  const [waiting, consoles] = [unansweredOf(overview), consolesOf(overview)]
  const sum = (count: (centre: CentreOverview) => number) =>
    centres.reduce((all, centre) => all + count(centre), 0)
  const cut = sum((centre) => unlisted(centre.unanswered_count, centre.unanswered))
  const idleCut = sum((centre) => unlisted(centre.without_unit_count, centre.without_unit))
  return {
    unanswered: waiting.length + cut,
    longest: waiting[0]?.raised_at ?? null,
    withoutUnit: withoutUnitOf(overview).length + idleCut,
    consoles: consoles.length,
    consoleFaults: consoles.filter(isFaulty).length,
    unprotected: sum(({ protections }) => protections['unprotected'] ?? 0),
    degraded: sum(({ protections }) => protections['degraded'] ?? 0),
  }
}

/** How many matters want a supervisor: alarms that escalate, centres in trouble, consoles that may miss one. */
export function matters(overview: Overview): number {
  const now = Date.parse(overview.as_of)
  const escalating = unansweredOf(overview).filter(({ level }) => level > 0).length
  const troubled = overview.centres.flatMap(({ notices }) =>
    notices.filter((notice) => !isShelved(notice, now) && notice.kind !== 'attended_again'),
  ).length
  return escalating + troubled + consolesOf(overview).filter(isGrave).length
}

/** The centre that needs help most stands first. */
export function centresInOrder({ centres }: Overview): CentreOverview[] {
  return centres.toSorted(
    (a, b) => trouble(a) - trouble(b) || waitsSince(a) - waitsSince(b) || a.centre.localeCompare(b.centre),
  )
}

export function isFaulty({ faults }: ConsoleView): boolean {
  return faults.length > 0
}

/** Whether an alarm might come to this console and nobody notice. */
export function isGrave({ faults }: ConsoleView): boolean {
  return faults.some((fault) => GRAVE.has(fault))
}

/** Who had alarms in a period, the smallest share answered within the first limit first; and who had none. */
export function answeredIn({ centres }: Overview, period: 'day' | 'month') {
  const all = centres.map((centre) => ({ centre: centre.centre, times: centre[period] }))
  const quickly = ({ times }: (typeof all)[number]) => (times.within[0]?.alarms ?? 0) / times.alarms
  return {
    some: all.filter(({ times }) => times.alarms > 0).toSorted((a, b) => quickly(a) - quickly(b)),
    none: all.filter(({ times }) => times.alarms === 0).map(({ centre }) => centre),
  }
}

/** The share of a period's alarms that were answered in time; null where there was none. */
export function shareOf(times: AnswerTimes, within: Within): number | null {
  return times.alarms > 0 ? within.alarms / times.alarms : null
}

export function isBelow(share: number | null, seconds: number): boolean {
  const target = TARGETS.get(seconds)
  return share !== null && target !== undefined && share < target
}

/** The node whose canary was seen longest ago: that way is the one to doubt. */
export function oldestCanary({ canaries }: CentreOverview): CanarySeen | undefined {
  return canaries.toSorted((a, b) => Date.parse(a.seen_at) - Date.parse(b.seen_at))[0]
}

function trouble(centre: CentreOverview): number {
  const signs = [
    centre.unanswered_count > 0,
    centre.unattended_since !== null,
    centre.notices.length > 0,
    centre.consoles.some(isGrave),
    centre.consoles.some(isFaulty),
    (centre.protections['unprotected'] ?? 0) > 0,
  ]
  const first = signs.indexOf(true)
  return first < 0 ? signs.length : first
}

function waitsSince({ unanswered }: CentreOverview): number {
  return unanswered[0] ? Date.parse(unanswered[0].raised_at) : 0
}

function gravity({ faults }: ConsoleView): number {
  return faults[0] === undefined ? FAULTS.length : FAULTS.indexOf(faults[0])
}

function oldestFirst<Each extends { alarm_id: string; raised_at: string }>(all: readonly Each[]): Each[] {
  return once(all, ({ alarm_id }) => alarm_id).toSorted(
    (a, b) => Date.parse(a.raised_at) - Date.parse(b.raised_at),
  )
}

function once<Each>(all: readonly Each[], key: (each: Each) => string): Each[] {
  return [...new Map(all.map((each) => [key(each), each])).values()]
}
