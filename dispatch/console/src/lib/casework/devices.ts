/** Devices: what an act asks for, how a list is asked for, how one is told apart at a glance. */
import type { BadgeLevel } from '../../components/casework/ui/Badge.svelte'
import type { DeviceAct, DeviceCount, DeviceReason, DeviceState } from '../wire'

/** The reasons that fit an act; none: it asks for none. */
export const REASONS: Partial<Record<DeviceAct, readonly DeviceReason[]>> = {
  report_faulty: ['damaged', 'battery', 'no_link', 'no_press', 'other'],
  report_lost: ['mislaid', 'stolen', 'other'],
  retire: ['outdated', 'damaged', 'beyond_repair', 'mislaid', 'stolen', 'other'],
}

/** What cannot be undone, or ends a phone's alarms. */
export const GRAVE: readonly DeviceAct[] = ['report_lost', 'return', 'wipe', 'retire']

export const STATES: readonly DeviceState[] = [
  'stock',
  'issued',
  'paired',
  'tested',
  'faulty',
  'lost',
  'returned',
  'wiped',
  'retired',
]

const LEVELS: Partial<Record<DeviceState, BadgeLevel>> = {
  faulty: 'critical',
  lost: 'critical',
  returned: 'warn',
  issued: 'warn',
  paired: 'normal',
  tested: 'good',
}

export function levelOf(state: DeviceState): BadgeLevel {
  return LEVELS[state] ?? 'calm'
}

export interface Asked {
  readonly team?: string
  readonly kind?: string
  readonly state?: string
  readonly text?: string
  readonly scanned?: string
  readonly battery_below?: string
  readonly after?: string
}

/** The part of an address behind `?`: what is not asked for is left out. */
export function asked(what: Asked): string {
  return new URLSearchParams(Object.entries(what).filter(([, value]) => value !== '')).toString()
}

export interface TeamRow {
  readonly id: string
  readonly team: string
  readonly kind: DeviceCount['kind']
  readonly of: Readonly<Partial<Record<DeviceState, number>>>
  readonly total: number
}

/** Counts as a table: a line for each team and kind. What is retired is in no total. */
export function teamRows(counts: readonly DeviceCount[]): TeamRow[] {
  const rows = new Map<string, TeamRow>()
  for (const { team, kind, state, count } of counts) {
    const id = `${team} ${kind}`
    const row = rows.get(id) ?? { id, team, kind, of: {}, total: 0 }
    const total = row.total + (state === 'retired' ? 0 : count)
    rows.set(id, { ...row, of: { ...row.of, [state]: count }, total })
  }
  return [...rows.values()]
}
