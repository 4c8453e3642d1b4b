/** The outcomes as a person chooses among them; which are which is stated in `schemas/outcome.py`. */
import type { AlarmView, Outcome } from './wire'

/** She was in danger. */
export const GENUINE: readonly Outcome[] = ['arrest', 'offender_gone', 'offender_not_found', 'prevented']

/** No danger, or not one of her own. */
export const NOISE: readonly Outcome[] = ['slip', 'test', 'technical', 'duplicate', 'misuse']

const SECOND_LOOK: ReadonlySet<Outcome> = new Set(['slip', 'technical'])

/** Whether closing with this outcome waits for a supervisor to agree: what looks like a slip may be coerced. */
export function needsSecondLook(alarm: AlarmView, outcome: Outcome): boolean {
  return alarm.purpose === 'real' && SECOND_LOOK.has(outcome)
}
