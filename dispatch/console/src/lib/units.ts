/** The units that can be sent to an alarm, and what is under way to it. */
import type { AlarmView, AssignedUnit, OperatorView, UnitStatus, UnitView } from './wire'

/** What a unit can be said to do next, in order. */
export const STATUSES: readonly UnitStatus[] = ['dispatched', 'en_route', 'on_scene', 'cleared']

/** The units on their way to an alarm, or there. */
export function serving(alarm: AlarmView): readonly AssignedUnit[] {
  return alarm.units.filter(({ status }) => status !== 'cleared')
}

/** Those on duty of the alarm's centres that are this operator's: the free ones first, its own centre's before others'. */
export function sendable(
  alarm: AlarmView,
  units: readonly UnitView[],
  operator: OperatorView | null,
): readonly UnitView[] {
  const centres = [alarm.centre, ...alarm.shared.map(({ centre }) => centre)]
  const theirs = centres.filter((centre) => operator?.centres.includes(centre))
  const there = new Set(serving(alarm).map(({ unit_id }) => unit_id))
  const rank = (unit: UnitView) =>
    (unit.alarm_id === null ? 0 : centres.length) + centres.indexOf(unit.centre)
  return units
    .filter((unit) => unit.on_duty && theirs.includes(unit.centre) && !there.has(unit.unit_id))
    .toSorted(
      (one, other) =>
        rank(one) - rank(other) || one.name.localeCompare(other.name, undefined, { numeric: true }),
    )
}

/** The status that comes next for a unit; none once it is on the spot and has only to be freed. */
export function nextStatus({ status }: AssignedUnit): UnitStatus {
  return STATUSES[Math.min(STATUSES.indexOf(status) + 1, STATUSES.length - 1)] as UnitStatus
}

/** Seconds until a unit is expected, counted from now; null where nothing was said. */
export function etaLeft({ eta_s, status_at }: AssignedUnit, now: number): number | null {
  if (eta_s === null) return null
  return Math.max(0, Math.round(eta_s - (now - Date.parse(status_at)) / 1000))
}

/** Minutes that were typed, as seconds; null for none, undefined for what is no whole number of them up to a day. */
export function etaSeconds(minutes: string): number | null | undefined {
  const typed = minutes.trim()
  if (typed === '') return null
  return /^\d{1,4}$/.test(typed) && Number(typed) <= 1440 ? Number(typed) * 60 : undefined
}
