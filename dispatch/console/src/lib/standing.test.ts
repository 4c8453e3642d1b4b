import { expect, it } from 'vitest'
import { blankIn, standing, WARNED_MS } from './standing'

const NOW = Date.parse('2026-03-02T10:00:00Z')

it.each([
  [null, { phase: 'fresh' }],
  [NOW + WARNED_MS + 1, { phase: 'fresh' }],
  [NOW + WARNED_MS, { phase: 'ending', minutes: 15 }],
  [NOW + 60_001, { phase: 'ending', minutes: 2 }],
  [NOW + 1, { phase: 'ending', minutes: 1 }],
  [NOW, { phase: 'ended', at: NOW }],
  [NOW - 3_600_000, { phase: 'ended', at: NOW - 3_600_000 }],
])('a session until %s stands so', (until, expected) => {
  expect(standing(until, NOW)).toEqual(expected)
})

it('says that the screen goes blank only when that is near', () => {
  expect(blankIn(null, NOW)).toBeNull()
  expect(blankIn(NOW + WARNED_MS + 1, NOW)).toBeNull()
  expect(blankIn(NOW + 61_000, NOW)).toBe(2)
  expect(blankIn(NOW - 1, NOW)).toBe(0)
})
