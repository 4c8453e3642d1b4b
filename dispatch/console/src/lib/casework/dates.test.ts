import { expect, it } from 'vitest'
import { dayOf, instant, relativeDay } from './dates'

it('a day is a day in Brussels', () => {
  expect(dayOf('2026-03-01T23:30:00Z')).toBe('2026-03-02')
  expect(dayOf('2026-07-01T21:59:00Z')).toBe('2026-07-01')
  expect(instant('2026-03-01T23:30:00Z', 'en-GB')).toBe('2 Mar 2026, 00:30')
})

it.each([
  ['2026-03-02', 'today', 'vandaag'],
  ['2026-03-01', 'yesterday', 'gisteren'],
  ['2026-03-08', 'in 6 days', 'over 6 dagen'],
  ['2026-04-13', 'in 6 weeks', 'over 6 weken'],
  ['2026-12-02', 'in 9 months', 'over 9 maanden'],
  ['2023-03-02', '3 years ago', '3 jaar geleden'],
])('%s is %s', (date, english, dutch) => {
  expect(relativeDay(date, '2026-03-02', 'en')).toBe(english)
  expect(relativeDay(date, '2026-03-02', 'nl-BE')).toBe(dutch)
})
