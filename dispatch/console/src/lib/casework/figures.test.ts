import { expect, it } from 'vitest'
import type { FiguresRow } from '../wire'
import { barsOf, COUNTS, figureOf, VALUES } from './figures'
import { statistics } from './words/en/statistics'

const row = (year: number, users: number | null): FiguresRow => ({
  year,
  place: null,
  name: null,
  counts: { users },
  values: { answered_15_s_pct: 50 },
})

it('the highest bar fills the plot, a hidden figure has none, and a share is of a hundred', () => {
  const rows = [row(2024, 28), row(2025, null), row(2026, 14)]
  expect(barsOf(rows, 'users').map(({ height }) => height)).toEqual([100, 0, 50])
  expect(barsOf(rows, 'users')[1]?.figure).toBeNull()
  expect(barsOf(rows, 'answered_15_s_pct', 100)[0]?.height).toBe(50)
  expect(figureOf(row(2024, 28), 'answered_15_s_pct')).toBe(50)
})

it('every figure there is stands in one of the tables', () => {
  expect(new Set(Object.values(COUNTS).flat())).toEqual(new Set(Object.keys(statistics.counts)))
  expect(new Set(Object.values(VALUES).flat())).toEqual(new Set(Object.keys(statistics.values)))
})
