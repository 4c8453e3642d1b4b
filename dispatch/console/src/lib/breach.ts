/** What a perimeter says of an alarm, in words: never that he is somewhere without how sure that is. */
import { compassPoint, distance, percent } from './format'
import type { AlarmView, Breach, Position, PositionFrame } from './wire'
import type { Words } from './words'

/** `possible`: his radius reaches across the border. `left`: he is out again, and the alarm goes on. */
export type BreachStanding = 'inside' | 'possible' | 'left'

export function breachStanding({ inside, certain }: Breach): BreachStanding {
  if (!inside) return 'left'
  return certain ? 'inside' : 'possible'
}

/** Whether he is inside, how far from her and where to, and whether he comes closer. */
export function breachLine(breach: Breach, words: Words): string {
  const said = words.breach
  const standing = breachStanding(breach)
  const share = percent(breach.probability, words.locale)
  const parts = [
    standing === 'possible' ? said.said.possible(share) : said.said[standing],
    breach.distance_m === null ? null : whereFrom(breach, breach.distance_m, words),
    breach.approaching === null ? null : breach.approaching ? said.approaching : said.receding,
  ]
  const line = parts.filter((part) => part !== null).join(', ')
  return breach.of > 1 ? `${offenderName(breach, words)}: ${line}` : line
}

/** The same as short as can be, for a row. */
export function breachShort(breach: Breach, words: Words): string {
  const said = words.breach
  const standing = breachStanding(breach)
  const share = standing === 'possible' ? ` (${percent(breach.probability, words.locale)})` : ''
  const parts = [
    breach.of > 1 ? `${breach.number}/${breach.of}` : null,
    said.short[standing] + share,
    breach.distance_m === null ? null : distance(breach.distance_m, words.locale),
    breach.approaching === null ? null : breach.approaching ? said.approaching : said.receding,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function whereFrom(breach: Breach, metres: number, words: Words): string {
  const direction = breach.heading_deg === null ? null : compassPoint(breach.heading_deg)
  return words.breach.where(distance(metres, words.locale), direction, breach.from_place)
}

/** One of those who threaten her, while a perimeter tells of one of them. */
export interface SeenOffender {
  /** Which of `of`, by the file. */
  readonly number: number
  readonly of: number
  readonly position: Position
  readonly flags: readonly string[]
  /** Null: the alarm's judgement is of another. */
  readonly breach: Breach | null
}

/** Where each was last, in their order: what was told since stands before what the judgement was made of. */
export function offendersOf(
  { breach }: AlarmView,
  told: readonly PositionFrame[] = [],
): readonly SeenOffender[] {
  if (!breach) return []
  const of = Math.max(breach.of, ...told.map((frame) => Math.max(frame.of, frame.number)))
  const seen = new Map(
    told.map(({ number, position, flags }): [number, SeenOffender] => [
      number,
      { number, of, position, flags, breach: null },
    ]),
  )
  const { number, offender } = breach
  const since = seen.get(number)
  const judged = !since || Date.parse(offender.fixed_at) >= Date.parse(since.position.fixed_at)
  const last = judged ? { position: offender, flags: [] } : since
  seen.set(number, { number, of, position: last.position, flags: last.flags, breach })
  return [...seen.values()].toSorted((one, other) => one.number - other.number)
}

/** What he is called: by his number where there are several. */
export function offenderName({ number, of }: Pick<SeenOffender, 'number' | 'of'>, words: Words): string {
  return of > 1 ? `${words.breach.offender} ${number}/${of}` : words.breach.offender
}

/** Whether she, or somebody with her button or phone, pressed: a perimeter alone is no press. */
export function isPressed({ source, pattern, button }: AlarmView): boolean {
  return source.kind !== 'perimeter' || pattern !== null || button !== null
}
