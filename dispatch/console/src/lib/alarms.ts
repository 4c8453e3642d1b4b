/** What follows from the alarms alone: their order, which one F2 takes, what is worst, what is odd. */
import type { AlarmState, AlarmView, Circumstance, Position, PositionFrame, Severity, Trail } from './wire'
import type { Flag, Leg, Words } from './words'

export interface Queue {
  readonly raised: readonly AlarmView[]
  readonly acknowledged: readonly AlarmView[]
  /** Tests and exercises; they never stand among the real ones. Canaries are nobody's business, and nowhere. */
  readonly apart: readonly AlarmView[]
}

/** What an alarm looks like, in words, shape and colour, everywhere on the screen. */
export type Standing = AlarmState | 'assigned'

/** Its state; an acknowledged one with a unit on it is assigned. */
export function standingOf({ state, units }: Pick<AlarmView, 'state' | 'units'>): Standing {
  const sent = units.some(({ status, taken_away }) => status !== 'cleared' && !taken_away)
  return state === 'acknowledged' && sent ? 'assigned' : state
}

/** Unanswered first, oldest first; what is not real apart. */
export function inOrder(alarms: readonly AlarmView[]): Queue {
  const oldestFirst = alarms.toSorted(
    (one, other) =>
      Date.parse(one.raised_at) - Date.parse(other.raised_at) || one.alarm_id.localeCompare(other.alarm_id),
  )
  const real = oldestFirst.filter((alarm) => alarm.purpose === 'real')
  return {
    raised: real.filter((alarm) => alarm.state === 'raised'),
    acknowledged: real.filter((alarm) => alarm.state !== 'raised'),
    apart: oldestFirst.filter((alarm) => alarm.purpose !== 'real' && alarm.purpose !== 'canary'),
  }
}

export function listed(queue: Queue): readonly AlarmView[] {
  return [...queue.raised, ...queue.acknowledged, ...queue.apart]
}

/**
 * What F2 takes: the selected alarm while it is unanswered, else the oldest unanswered; a real one before any other,
 * and before all that what can be taken: those of `kept` are not stored yet.
 */
export function nextToAcknowledge(
  queue: Queue,
  selected: AlarmView | undefined,
  kept: ReadonlyMap<string, { readonly seen: boolean }> = new Map(),
): AlarmView | undefined {
  const stored = queue.raised.filter(({ alarm_id }) => !kept.has(alarm_id))
  const raised = stored.length > 0 ? stored : queue.raised
  const selectedCounts = selected?.purpose === 'real' ? raised.includes(selected) : raised.length === 0
  if (selected?.state === 'raised' && selectedCounts) return selected
  return (
    raised.find(({ alarm_id }) => !kept.get(alarm_id)?.seen) ??
    raised[0] ??
    queue.apart.find((alarm) => alarm.state === 'raised')
  )
}

/** Where she is and was, the newest first: what was told since stands before what came with the press. */
export function newestFirst(alarm: AlarmView, told: PositionFrame | undefined): readonly Position[] {
  const [newest] = alarm.positions
  if (!told || (newest && Date.parse(newest.fixed_at) >= Date.parse(told.position.fixed_at)))
    return alarm.positions
  return [told.position, ...alarm.positions]
}

const BY_SEVERITY: Record<Severity, number> = { critical: 0, high: 1, normal: 2 }

/** The worst first; what is equally bad as the file has it. */
export function bySeverity(circumstances: readonly Circumstance[]): readonly Circumstance[] {
  return circumstances.toSorted((one, other) => BY_SEVERITY[one.severity] - BY_SEVERITY[other.severity])
}

/** What an alarm came from, in words; null: from the button of ours, or what its breach says anyway. */
export function sourceOf(
  { source, breach }: { source?: AlarmView['source']; breach?: unknown },
  words: Words,
): string | null {
  if (!source || source.kind === 'button' || (source.kind === 'perimeter' && breach)) return null
  return words.source[source.kind]?.(source.name) ?? source.name
}

/** What is odd about an alarm, in words, the gravest first, without saying one thing twice; that there is no file is said in its place. */
export function notices(alarm: AlarmView, words: Words): readonly string[] {
  const codes = new Set(alarm.flags.filter((code) => code !== 'no_file'))
  if (!alarm.verified && ![...codes].some((code) => code.startsWith('signature_'))) codes.add('unverified')
  if (alarm.button?.forgeable) codes.add('forgeable_button')
  if (alarm.positions.some((position) => position.mock)) codes.add('mock_position')
  const known = Object.keys(words.flag)
  const rank = (code: string) => (known.includes(code) ? known.indexOf(code) : known.length)
  return [...codes]
    .toSorted((one, other) => rank(one) - rank(other))
    .map((code) => {
      if (code in words.flag) return words.flag[code as Flag]
      const [kind, field] = code.split(':', 2)
      return kind === 'dropped' && field ? words.notices.dropped(field) : words.notices.unknown(code)
    })
}

export interface LegTime {
  readonly leg: Leg
  /** Milliseconds after the first known instant, and how long the leg took. */
  readonly start: number
  readonly took: number
}

const LEGS: readonly (readonly [Leg, keyof Trail, keyof Trail])[] = [
  ['hearing', 'pressed_at', 'heard_at'],
  ['sending', 'heard_at', 'sent_at'],
  ['network', 'sent_at', 'received_at'],
  ['commit', 'received_at', 'committed_at'],
  ['fanOut', 'committed_at', 'fanned_out_at'],
  ['painting', 'fanned_out_at', 'delivered_at'],
]

/** The legs whose both ends are known, in order. */
export function legs(trail: Trail): readonly LegTime[] {
  const origin = millis(trail.pressed_at) ?? millis(trail.received_at) ?? 0
  return LEGS.flatMap(([leg, from, to]) => {
    const [start, end] = [millis(trail[from]), millis(trail[to])]
    return start === null || end === null
      ? []
      : [{ leg, start: start - origin, took: Math.max(0, end - start) }]
  })
}

/** Milliseconds between two instants of a trail; null when one is not known. */
export function between(trail: Trail, from: keyof Trail, to: keyof Trail): number | null {
  const [start, end] = [millis(trail[from]), millis(trail[to])]
  return start === null || end === null ? null : end - start
}

function millis(instant: string | number | null): number | null {
  return typeof instant === 'string' ? Date.parse(instant) : null
}
