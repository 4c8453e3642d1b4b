/** What a wall display may show of the alarms: enough to see what is open, and nothing that tells of whom. */
import { breachStanding, type BreachStanding } from './breach'
import { bySeverity, listed, standingOf, type Queue, type Standing } from './alarms'
import type { AlarmSource, Purpose, Severity, UnitStatus } from './wire'

/** As many as can be read from across the room; the header counts them all. */
export const ROWS = 6

export interface WallRow {
  readonly id: string
  readonly purpose: Purpose
  readonly standing: Standing
  readonly centre: string
  readonly source: AlarmSource
  /** Milliseconds since 1970. */
  readonly raisedAt: number
  /** Of the worst circumstance; which one it is stays with those who need to know. */
  readonly worst: Severity | null
  /** Whether whoever threatens her is in a forbidden zone. */
  readonly breach: BreachStanding | null
  readonly units: readonly { readonly name: string; readonly status: UnitStatus }[]
}

export interface WallView {
  readonly rows: readonly WallRow[]
  readonly hidden: number
}

/** The first rows of the queue, in its order. */
export function onTheWall(queue: Queue): WallView {
  const all = listed(queue)
  const rows = all.slice(0, ROWS).map((alarm) => ({
    id: alarm.alarm_id,
    purpose: alarm.purpose,
    standing: standingOf(alarm),
    centre: alarm.centre,
    source: alarm.source,
    raisedAt: Date.parse(alarm.raised_at),
    worst: bySeverity(alarm.circumstances)[0]?.severity ?? null,
    breach: alarm.breach ? breachStanding(alarm.breach) : null,
    units: alarm.units
      .filter(({ status }) => status !== 'cleared')
      .map(({ name, status }) => ({ name, status })),
  }))
  return { rows, hidden: all.length - rows.length }
}
