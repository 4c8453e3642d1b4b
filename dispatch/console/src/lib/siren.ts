/**
 * What sounds at this workstation. No DOM and no clock: the picture and the time (seconds, never going
 * back) are given, and the whole state is a value.
 *
 * A real alarm that nobody answered sounds until it is answered. Silence is not an answer: it lasts
 * `SILENCE_S` here alone, and whatever is new ends it. Nothing else ever sounds the siren.
 */
import type { AlarmView } from './wire'

export const SILENCE_S = 60
export const CHIME_AGAIN_S = 20 // what comes in a storm is one soft sound, not fifty

/** Sounds that go on until their cause is gone. `again`: somebody was called already, and nobody came. */
export type Loop = 'siren' | 'again' | 'lost'
/**
 * Soft sounds, once. `more`: she pressed again or under duress, or he came into a forbidden zone, and a colleague
 * has the alarm. Faults and
 * notices have none: they wait until somebody looks.
 */
export type Chime = 'more' | 'test' | 'back'
type Cause = 'alarm' | 'link'

/** What is unanswered: nothing, alarms, or alarms of which one has news beyond its first press. */
type Need = 'nothing' | 'siren' | 'again'

/** What sounds by need, with the link and without it. */
const SOUNDS: Record<Need, Record<'linked' | 'lost', readonly Loop[]>> = {
  nothing: { linked: [], lost: ['lost'] },
  siren: { linked: ['siren'], lost: ['siren', 'lost'] },
  again: { linked: ['again'], lost: ['again', 'lost'] },
}
const CAUSE: Record<Loop, Cause> = { siren: 'alarm', again: 'alarm', lost: 'link' }

/** What the workstation knows now. */
export interface Facts {
  /** Every open alarm of whatever purpose. */
  readonly alarms: readonly AlarmView[]
  readonly lost: boolean
  /** Whether there has been a whole picture yet: what was there before it is not news. */
  readonly whole: boolean
}

export interface Siren {
  readonly need: Need
  readonly lost: boolean
  /** What sounded when it was silenced, and until when it is silent. */
  readonly silenced: { readonly causes: readonly Cause[]; readonly until: number } | null
  /** What to sound once, now. */
  readonly chimes: readonly Chime[]
  readonly known: Known | null
  readonly chimedAt: ReadonlyMap<Chime, number>
}

export const QUIET: Siren = {
  need: 'nothing',
  lost: false,
  silenced: null,
  chimes: [],
  known: null,
  chimedAt: new Map(),
}

/** What was last told of each alarm, as far as it may sound. */
type Known = ReadonlyMap<string, string>

/** What sounds after what is known now. */
export function heard(before: Siren, facts: Facts, now: number): Siren {
  const real = facts.alarms.filter(({ purpose }) => purpose === 'real')
  const unanswered = real.filter(({ state }) => state === 'raised')
  const known = knownOf(facts)
  const after = {
    ...before,
    need: unanswered.length === 0 ? 'nothing' : unanswered.some(isAgain) ? 'again' : 'siren',
    lost: facts.lost,
    known: facts.whole ? known : before.known,
    silenced: stillSilent(before, facts, unanswered, known, now),
  } satisfies Siren
  return chimed(after, facts.whole && before.known ? news(before, facts, known) : [], now)
}

/** Silence what sounds, from now on; nothing that is silent already is silenced longer. */
export function silence(siren: Siren, now: number): Siren {
  const causes = loops(siren, now).map((loop) => CAUSE[loop])
  if (causes.length === 0) return siren
  const kept = isSilent(siren, now) ? siren.silenced : null
  if (kept) return { ...siren, silenced: { causes: [...kept.causes, ...causes], until: kept.until } }
  return { ...siren, silenced: { causes, until: now + SILENCE_S } }
}

/** What sounds on and on at this moment. */
export function loops(siren: Siren, now: number): readonly Loop[] {
  const silent = isSilent(siren, now) ? siren.silenced!.causes : []
  return SOUNDS[siren.need][siren.lost ? 'lost' : 'linked'].filter((loop) => !silent.includes(CAUSE[loop]))
}

/** Until when the siren of an unanswered alarm is silent here; null when it sounds, or has no need to. */
export function silentUntil(siren: Siren, now: number): number | null {
  const silent = siren.need !== 'nothing' && isSilent(siren, now) && siren.silenced!.causes.includes('alarm')
  return silent ? siren.silenced!.until : null
}

function isSilent({ silenced }: Siren, now: number): boolean {
  return silenced !== null && now < silenced.until
}

function stillSilent(
  before: Siren,
  facts: Facts,
  unanswered: readonly AlarmView[],
  known: Known,
  now: number,
): Siren['silenced'] {
  const { silenced } = before
  if (!silenced || now >= silenced.until) return null
  const isNews = ({ alarm_id }: AlarmView) => known.get(alarm_id) !== before.known?.get(alarm_id)
  if (unanswered.some(isNews)) return null
  const lostAnew = facts.lost && !before.lost
  return lostAnew ? { ...silenced, causes: silenced.causes.filter((cause) => cause !== 'link') } : silenced
}

/** Whether somebody was called for it already: it is pressed again, climbs, lapsed, or was thought closed. */
function isAgain({ press_count, escalation, lapses, reopened, cancel }: AlarmView): boolean {
  return press_count > 1 || escalation !== null || lapses > 0 || reopened > 0 || cancel?.coerced === true
}

/** What of an alarm is worth ending a silence for. Where she is and who noted what is not. */
function told(alarm: AlarmView): string {
  const { state, press_count, lapses, reopened, escalation, cancel, centre, breach } = alarm
  const coerced = cancel?.coerced ? cancel.count : 0
  const inside = breach?.inside ? `${breach.perimeter_id}${breach.certain ? '!' : '?'}` : ''
  return [state, centre, press_count, lapses, reopened, escalation?.at ?? '', coerced, inside].join(' ')
}

function knownOf({ alarms }: Facts): Known {
  return new Map(alarms.map((alarm) => [alarm.alarm_id, told(alarm)]))
}

function news(before: Siren, facts: Facts, known: Known): readonly Chime[] {
  const isNew = ({ alarm_id }: AlarmView) => known.get(alarm_id) !== before.known?.get(alarm_id)
  const found: Chime[] = []
  if (facts.alarms.some((alarm) => inHand(alarm) && hasMore(alarm, before.known))) found.push('more')
  if (facts.alarms.some((alarm) => isTried(alarm) && isNew(alarm))) found.push('test')
  if (before.lost && !facts.lost) found.push('back')
  return found
}

function inHand({ purpose, state }: AlarmView): boolean {
  return purpose === 'real' && state === 'acknowledged'
}

function isTried({ purpose, state }: AlarmView): boolean {
  return (purpose === 'test' || purpose === 'exercise') && state === 'raised'
}

/** Whether she pressed again or under duress, or he came in, since it was known; being acknowledged is not that. */
function hasMore(alarm: AlarmView, known: Known | null): boolean {
  const before = known?.get(alarm.alarm_id)
  if (before === undefined) return false
  const [was, is] = [moreOf(before), moreOf(told(alarm))]
  return was.pressed !== is.pressed || (is.inside !== '' && was.inside !== is.inside)
}

function moreOf(mark: string): { readonly pressed: string; readonly inside: string } {
  const [, , presses, , , , coerced, inside = ''] = mark.split(' ')
  return { pressed: `${presses} ${coerced}`, inside }
}

/** Sound these, unless the siren drowns them or each sounded a moment ago. */
function chimed(siren: Siren, found: readonly Chime[], now: number): Siren {
  const drowned = loops(siren, now).some((loop) => CAUSE[loop] === 'alarm')
  const due = found.filter((chime) => now - (siren.chimedAt.get(chime) ?? -Infinity) >= CHIME_AGAIN_S)
  if (drowned || due.length === 0) return { ...siren, chimes: [] }
  const chimedAt = new Map([...siren.chimedAt, ...due.map((chime) => [chime, now] as const)])
  return { ...siren, chimes: due, chimedAt }
}
