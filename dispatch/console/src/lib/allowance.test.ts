import { expect, it } from 'vitest'
import { Allowance } from './allowance'

it('gives so many at once, then so many a second, and never more than at first', () => {
  const allowance = new Allowance(100, 20)
  expect(allowance.take(150, 0)).toBe(100)
  expect(allowance.take(50, 0)).toBe(0)
  expect(allowance.take(50, 0.5)).toBe(10)
  expect(allowance.take(50, 0.52)).toBe(0)
  expect(allowance.take(500, 3600)).toBe(100)
})

it('gives nothing for a clock that goes back', () => {
  const allowance = new Allowance(10, 20)
  allowance.take(10, 5)
  expect(allowance.take(1, 4)).toBe(0)
})
