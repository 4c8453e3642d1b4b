import { expect, it } from 'vitest'
import { age, compassPoint, distance, duration, elapsed, years } from './format'

it.each([
  [-3, '00:00'],
  [42.9, '00:42'],
  [725, '12:05'],
  [3723, '1:02:03'],
  [90_000, '1 d 1 h'],
])('%d s have run as %s', (seconds, text) => {
  expect(elapsed(seconds)).toBe(text)
})

it.each([
  [8.7, '8 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7200, '2 h'],
  [200_000, '2 d'],
])('%d s are an age of %s', (seconds, text) => {
  expect(age(seconds)).toBe(text)
})

it('machines are timed in the unit that matters', () => {
  expect([3.4, 410, 1840, 42_000].map(duration)).toEqual(['3 ms', '410 ms', '1.8 s', '42 s'])
})

it('distances are metres, then kilometres', () => {
  expect([12.3, 1500, 25_400].map(distance)).toEqual(['12 m', '1.5 km', '25 km'])
})

it('years count birthdays, the day itself included', () => {
  expect(years('1991-05-17', Date.parse('2026-05-16T12:00:00'))).toBe(34)
  expect(years('1991-05-17', Date.parse('2026-05-17T12:00:00'))).toBe(35)
})

it('headings are one of eight directions', () => {
  expect([0, 44, 90, 200, 350].map(compassPoint)).toEqual([0, 1, 2, 4, 0])
})
