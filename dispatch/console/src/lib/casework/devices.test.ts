import { expect, it } from 'vitest'
import { asked, teamRows } from './devices'

it('what is not asked for is not in the address', () => {
  expect(asked({ team: '', text: 'a&b', state: 'stock' })).toBe('text=a%26b&state=stock')
})

it('counts become a line for each team and kind, and what is out of use is in no total', () => {
  const rows = teamRows([
    { team: 'BE-5415', kind: 'button', state: 'stock', count: 3 },
    { team: 'BE-5415', kind: 'button', state: 'retired', count: 9 },
    { team: 'BE-5415', kind: 'phone', state: 'lost', count: 1 },
  ])
  expect(rows.map(({ id, total }) => [id, total])).toEqual([
    ['BE-5415 button', 3],
    ['BE-5415 phone', 1],
  ])
  expect(rows[0]?.of).toEqual({ stock: 3, retired: 9 })
})
