/** What is drawn of each open alarm, as plain values: whoever draws needs to know nothing of alarms. */
import { newestFirst, standingOf } from '../alarms'
import { breachStanding, offenderName, offendersOf, type BreachStanding, type SeenOffender } from '../breach'
import { age, distance, percent } from '../format'
import type { AlarmView, Position, PositionFrame } from '../wire'
import type { Words } from '../words'
import { distanceM, type LonLat } from './geometry'

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

/** Whoever threatens her, while a perimeter tells of him. */
export interface DrawnOffender {
  /** Of his alarm. */
  readonly id: string
  /** Which he is, where there are several; null: there is no other. */
  readonly number: number | null
  readonly longitude: number
  readonly latitude: number
  /** Null: what is judged is of another. */
  readonly standing: BreachStanding | null
  readonly selected: boolean
  readonly stale: boolean
  readonly radiusM: number | null
  readonly headingDeg: number | null
  /** Where she is, to whom a line leads; null: not known. */
  readonly her: LonLat | null
  readonly label: string
}

/** Where he is forbidden to be, and the ring around it: closed rings. */
export interface DrawnZone {
  readonly zone: readonly LonLat[]
  /** Null around a polygon: there it is a band `bandM` wide. */
  readonly ring: readonly LonLat[] | null
  readonly bandM: number
}

/** A zone that is being drawn: a circle around `middle`, or an area of corners. */
export interface DrawnArea {
  readonly middle: LonLat | null
  readonly radiusM: number
  readonly corners: readonly LonLat[]
  readonly ringM: number
}

export interface Seen {
  readonly positions: ReadonlyMap<string, PositionFrame>
  readonly offenders: ReadonlyMap<string, readonly PositionFrame[]>
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

/** The offenders of every alarm that a perimeter tells of. */
export function drawnOffenders(alarms: readonly AlarmView[], seen: Seen, words: Words): DrawnOffender[] {
  return alarms.flatMap((alarm) => {
    const her = newestOf(alarm, seen.positions)
    const selected = alarm.alarm_id === seen.selectedId
    return offendersOf(alarm, seen.offenders.get(alarm.alarm_id)).map((offender): DrawnOffender => {
      const { number, of, position, breach } = offender
      return {
        id: alarm.alarm_id,
        number: of > 1 ? number : null,
        longitude: position.longitude,
        latitude: position.latitude,
        standing: breach && breachStanding(breach),
        selected,
        stale: isStale(position, seen.now),
        radiusM: radiusOf(position),
        headingDeg: speedOf(position) ? position.heading_deg : null,
        her: her ? ([her.longitude, her.latitude] as const) : null,
        label: offenderLabel(offender, her, selected, seen.now, words),
      }
    })
  })
}

const AGE_STEP_S = 5 // finer than that each label would be made anew each second

/** What he is, whether he is inside, and how old and how sure that is: a symbol alone would say too much. */
function offenderLabel(
  offender: SeenOffender,
  her: Position | undefined,
  selected: boolean,
  now: number,
  words: Words,
): string {
  const { of, position, breach } = offender
  const name = offenderName(offender, words).toLocaleUpperCase(words.locale)
  const standing = breach && breachStanding(breach)
  if (!selected) return [name, ...(standing ? [words.breach.label[standing]] : [])].join('\n')
  const seconds = Math.max(0, (now - Date.parse(position.fixed_at)) / 1000)
  const old = words.position.age(age(Math.floor(seconds / AGE_STEP_S) * AGE_STEP_S, words.locale))
  const radius = radiusOf(position)
  return [
    name,
    ...(breach && standing
      ? [
          words.breach.label[standing] +
            (standing === 'possible' ? ` (${percent(breach.probability, words.locale)})` : ''),
        ]
      : []),
    ...(of > 1 && her ? [distance(distanceM(position, her), words.locale)] : []),
    ...(isStale(position, now) ? [words.position.stale.toLocaleUpperCase(words.locale)] : []),
    old,
    ...(radius === null ? [words.map.radiusUnknown] : []),
  ].join('\n')
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
