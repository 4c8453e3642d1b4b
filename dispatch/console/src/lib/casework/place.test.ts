import { expect, it } from 'vitest'
import { hashOf, placeAt } from './place'

it('an address leads back to its place', () => {
  for (const place of [
    { page: 'files', of: null } as const,
    { page: 'report', of: '2026-03-02/BE 1' } as const,
  ])
    expect(placeAt({ hash: hashOf(place) })).toEqual(place)
})

it.each(['', '#', '#wall', '#link=abc', '#filesystem'])('%s is no place of theirs', (hash) => {
  expect(placeAt({ hash })).toBeNull()
})
