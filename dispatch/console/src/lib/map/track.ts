/** Where somebody has been: her fixes in time order, drawn as lines that fade with age and never across a gap. */
import type { Position } from '../wire'
import type { LonLat } from './geometry'

export interface Fix {
  readonly position: Position
  readonly flags: readonly string[]
  /** Which of several, where it is an offender's. */
  readonly number: number
}

/** Points to be joined, all of one age. A single one could be joined to none. */
export interface Stretch {
  readonly fade: number
  readonly points: readonly LonLat[]
  /** Which of several goes this way. */
  readonly number: number
}

export const GAP_S = 60 // six fixes of a phone that saves its battery: what she did in between is not known
const TAIL_S = 120 // what following keeps in view
const DOUBTFUL = 'jump' // nothing gets there from the fix before it

/** Ages in s up to which a stretch is drawn as `FADES` says; what is older, as the last. */
const AGES_S = [60, 300, 900, 1800, 3600] as const
export const FADES = [1, 0.85, 0.7, 0.55, 0.45, 0.35] as const

/** Put fixes together in time order, one for each and each instant; of two of an instant, the one in `more`. */
export function merged(fixes: readonly Fix[], more: readonly Fix[]): readonly Fix[] {
  const [last, next] = [fixes.at(-1), more[0]]
  if (more.length === 1 && last && next && instant(next) > instant(last)) return [...fixes, next]
  const known = new Map([...fixes, ...more].map((fix) => [`${instant(fix)} ${fix.number}`, fix]))
  return [...known.values()].toSorted((one, other) => instant(one) - instant(other))
}

/** The tracks in stretches, each one's oldest first; `now` in ms. Nobody's is joined to another's. */
export function stretches(fixes: readonly Fix[], now: number): readonly Stretch[] {
  const numbers = [...new Set(fixes.map(({ number }) => number))].toSorted((one, other) => one - other)
  return numbers.flatMap((each) =>
    stretchesOf(
      each,
      fixes.filter(({ number }) => number === each),
      now,
    ),
  )
}

function stretchesOf(number: number, fixes: readonly Fix[], now: number): readonly Stretch[] {
  const found: { number: number; fade: number; points: LonLat[] }[] = []
  let before: Fix | undefined
  for (const fix of fixes) {
    const fade = fadeOf((now - instant(fix)) / 1000)
    const here = lonLat(fix)
    const open = found.at(-1)
    if (!open || !before || !joined(before, fix)) found.push({ number, fade, points: [here] })
    else if (open.fade === fade) open.points.push(here)
    else found.push({ number, fade, points: [lonLat(before), here] })
    before = fix
  }
  return found
}

/** The last minutes before the newest fix, without what is doubtful. */
export function tail(fixes: readonly Fix[]): readonly LonLat[] {
  const newest = fixes.at(-1)
  if (!newest) return []
  const from = instant(newest) - TAIL_S * 1000
  return fixes.filter((fix) => instant(fix) >= from && !fix.flags.includes(DOUBTFUL)).map(lonLat)
}

/** Which of `FADES` an age is drawn as. */
export function fadeOf(ageS: number): number {
  const index = AGES_S.findIndex((age) => ageS <= age)
  return index < 0 ? AGES_S.length : index
}

function joined(before: Fix, fix: Fix): boolean {
  return instant(fix) - instant(before) <= GAP_S * 1000 && !fix.flags.includes(DOUBTFUL)
}

function instant({ position }: Fix): number {
  return Date.parse(position.fixed_at)
}

function lonLat({ position }: Fix): LonLat {
  return [position.longitude, position.latitude]
}
