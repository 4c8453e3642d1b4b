/** What is drawn of each open alarm, as plain values: whoever draws needs to know nothing of alarms. */
import { newestFirst, standingOf } from '../alarms'
import type { AlarmView, Position, PositionFrame } from '../wire'
import type { Words } from '../words'

export const STALE_AFTER_S = 30 // she may have moved 50 m on foot, 400 m by car
const STILL_MPS = 0.3 // below a slow walk it is the receiver that wanders

/** Shape and colour of a symbol: what is not real stands apart, whatever its state. */
export type SymbolName = 'raised' | 'acknowledged' | 'assigned' | 'apart'

export interface DrawnAlarm {
  readonly id: string
  readonly longitude: number
  readonly latitude: number
  readonly symbol: SymbolName
  readonly selected: boolean
  readonly stale: boolean
  /** Null where the source did not say: then no area is drawn. */
  readonly radiusM: number | null
  /** Null where she does not move or it is not known where to. */
  readonly headingDeg: number | null
  readonly label: string
}

export interface Seen {
  readonly positions: ReadonlyMap<string, PositionFrame>
  readonly selectedId: string | null
  /** The gateway's clock in ms. */
  readonly now: number
}

/** Every alarm that has a position, newest fix each. */
export function drawnAlarms(alarms: readonly AlarmView[], seen: Seen, words: Words): DrawnAlarm[] {
  return alarms.flatMap((alarm) => {
    const newest = newestOf(alarm, seen.positions)
    return newest ? [drawn(alarm, newest, seen, words)] : []
  })
}

export function newestOf(
  alarm: AlarmView,
  positions: ReadonlyMap<string, PositionFrame>,
): Position | undefined {
  return newestFirst(alarm, positions.get(alarm.alarm_id))[0]
}

export function isStale(position: Position, now: number): boolean {
  return now - Date.parse(position.fixed_at) > STALE_AFTER_S * 1000
}

/** The radius that is known: phones send 0 for "not known". */
export function radiusOf({ radius_m }: Position): number | null {
  return radius_m || null
}

/** How she moves: null where her speed is not known, 0 where it is no more than the receiver's wandering. */
export function speedOf({ speed_mps }: Position): number | null {
  return speed_mps !== null && speed_mps < STILL_MPS ? 0 : speed_mps
}

export function symbolOf(alarm: AlarmView): SymbolName {
  if (alarm.purpose !== 'real') return 'apart'
  const standing = standingOf(alarm)
  return standing === 'closed' ? 'acknowledged' : standing
}

function drawn(alarm: AlarmView, position: Position, seen: Seen, words: Words): DrawnAlarm {
  const stale = isStale(position, seen.now)
  const radiusM = radiusOf(position)
  return {
    id: alarm.alarm_id,
    longitude: position.longitude,
    latitude: position.latitude,
    symbol: symbolOf(alarm),
    selected: alarm.alarm_id === seen.selectedId,
    stale,
    radiusM,
    headingDeg: speedOf(position) ? position.heading_deg : null,
    label: label(alarm, stale, radiusM, words),
  }
}

/** State, who, what is wrong with the position, and who is on the way: units tell no position of their own. */
function label(alarm: AlarmView, stale: boolean, radiusM: number | null, words: Words): string {
  const real = alarm.purpose === 'real'
  const state = words.state[standingOf(alarm)]
  const units = alarm.units.filter((unit) => unit.status !== 'cleared' && !unit.taken_away)
  const lines = [
    real ? state : `${words.purpose[alarm.purpose]} · ${state}`,
    alarm.person?.victim.name ?? words.queue.unnamed,
    ...(stale ? [words.position.stale.toLocaleUpperCase(words.locale)] : []),
    ...(radiusM === null ? [words.map.radiusUnknown] : []),
    ...units.map((unit) => `${unit.name}: ${words.unitStatus[unit.status]}`),
  ]
  return lines.join('\n')
}
