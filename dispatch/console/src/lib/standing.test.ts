import { expect, it } from 'vitest'
import { standing, WARNED_MS } from './standing'

const NOW = Date.parse('2026-03-02T10:00:00Z')

it.each([
  [null, { phase: 'fresh' }],
  [NOW + WARNED_MS + 1, { phase: 'fresh' }],
  [NOW + WARNED_MS, { phase: 'ending', at: NOW + WARNED_MS }],
  [NOW + 1, { phase: 'ending', at: NOW + 1 }],
  [NOW, { phase: 'ended', at: NOW }],
  [NOW - 3_600_000, { phase: 'ended', at: NOW - 3_600_000 }],
])('a session until %s stands so', (until, expected) => {
  expect(standing(until, NOW)).toEqual(expected)
})
