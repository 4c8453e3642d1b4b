/** Which figures stand together in a table, and how a plot of them is drawn. */
import type { FiguresRow } from '../wire'
import type { StatisticsWords } from './words/shape/statistics'

export type CountKey = keyof StatisticsWords['counts']
export type ValueKey = keyof StatisticsWords['values']
export type Topic = keyof StatisticsWords['topics']

export const COUNTS: Readonly<Record<Topic, readonly CountKey[]>> = {
  files: ['users', 'new', 'closed', 'active', 'requested', 'granted', 'refused', 'pressed'],
  ages: [
    'users',
    'age_under_18',
    'age_18_29',
    'age_30_39',
    'age_40_49',
    'age_50_64',
    'age_65_up',
    'age_unknown',
  ],
  alarms: ['real', 'genuine', 'noise', 'unsettled', 'attended', 'repeated', 'test', 'exercise'],
  outcomes: [
    'arrest',
    'offender_gone',
    'offender_not_found',
    'prevented',
    'slip',
    'technical',
    'duplicate',
    'misuse',
  ],
  times: [],
}

export const VALUES: Readonly<Record<Topic, readonly ValueKey[]>> = {
  files: ['months_active', 'days_to_grant', 'days_to_install', 'pressed_pct'],
  ages: [],
  alarms: [],
  outcomes: [],
  times: [
    'answer_median_s',
    'answer_p90_s',
    'answered_15_s_pct',
    'answered_20_s_pct',
    'answered_30_s_pct',
    'answered_60_s_pct',
    'arrival_median_s',
    'arrival_p90_s',
    'arrived_10_min_pct',
  ],
}

/** A row's figure by the name of its column; null: hidden, or nothing to measure. */
export function figureOf(row: FiguresRow, key: string): number | null {
  return row.counts[key] ?? row.values[key] ?? null
}

export interface Bar {
  readonly label: string
  readonly figure: number | null
  /** Where it begins and how high it is, in a drawing of 100 by 100; nothing where it is hidden. */
  readonly x: number
  readonly width: number
  readonly height: number
}

/** The bars of a plot, side by side; the highest fills it, and a share fills it at 100. */
export function barsOf(rows: readonly FiguresRow[], key: string, most?: number): readonly Bar[] {
  const figures = rows.map((row) => figureOf(row, key))
  const highest = most ?? Math.max(1, ...figures.map((figure) => figure ?? 0))
  const each = 100 / Math.max(1, rows.length)
  return rows.map((row, place) => ({
    label: String(row.year ?? row.name ?? ''),
    figure: figures[place] ?? null,
    x: place * each + each * 0.15,
    width: each * 0.7,
    height: (100 * (figures[place] ?? 0)) / highest,
  }))
}
