import { describe, expect, it } from 'vitest'
import {
  age,
  clock,
  compassPoint,
  day,
  distance,
  duration,
  elapsed,
  languageName,
  otherLanguage,
  percent,
  years,
} from './format'

it.each([
  [-3, '00:00'],
  [42.9, '00:42'],
  [725, '12:05'],
  [3723, '1:02:03'],
  [90_000, '1 day 1 h'],
])('%d s have run as %s', (seconds, text) => {
  expect(elapsed(seconds, 'en-GB')).toBe(text)
})

it.each([
  [8.7, '8 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7200, '2 h'],
  [200_000, '2 days'],
])('%d s are an age of %s', (seconds, text) => {
  expect(age(seconds, 'en-GB')).toBe(text)
})

it('machines are timed in the unit that matters', () => {
  expect([3.4, 410, 1840, 42_000].map((ms) => duration(ms, 'en-GB'))).toEqual([
    '3 ms',
    '410 ms',
    '1.8 s',
    '42 s',
  ])
})

it('distances are metres, then kilometres', () => {
  expect([12.3, 1500, 25_400].map((metres) => distance(metres, 'en-GB'))).toEqual(['12 m', '1.5 km', '25 km'])
})

it('years count birthdays, the day itself included', () => {
  expect(years('1991-05-17', Date.parse('2026-05-16T12:00:00'))).toBe(34)
  expect(years('1991-05-17', Date.parse('2026-05-17T12:00:00'))).toBe(35)
})

it('headings are one of eight directions', () => {
  expect([0, 44, 90, 200, 350].map(compassPoint)).toEqual([0, 1, 2, 4, 0])
})

describe.each([
  ['nl-BE', '1,5 km', '1,8 s', '3 dagen', '24 feb 2026', 'Frans'],
  ['fr-BE', '1,5 km', '1,8 s', '3 jours', '24 févr. 2026', 'français'],
  ['de-BE', '1,5 km', '1,8 s', '3 Tage', '24. Feb. 2026', 'Französisch'],
  ['en-GB', '1.5 km', '1.8 s', '3 days', '24 Feb 2026', 'French'],
])('in %s', (locale, kilometres, seconds, threeDays, february, french) => {
  it('decimals, days, dates and languages are its own', () => {
    expect(distance(1500, locale)).toBe(kilometres)
    expect(duration(1840, locale)).toBe(seconds)
    expect(age(3 * 86_400, locale).replace('\u00a0', ' ')).toBe(threeDays)
    expect(day('2026-02-24', locale)).toBe(february)
    expect(languageName('fr', locale)).toBe(french)
  })

  it('shares and clocks are read the same everywhere', () => {
    expect(percent(0.95, locale)).toBe('95\u00a0%')
    expect(clock(Date.parse('2026-03-02T00:04:05'), locale)).toBe('00:04:05')
  })
})

it('a text says its language only where that is not the reader’s', () => {
  expect(otherLanguage('nl', 'nl-BE')).toBeNull()
  expect(otherLanguage('nl-NL', 'nl-BE')).toBeNull()
  expect(otherLanguage('fr', 'nl-BE')).toBe('Frans')
  expect(otherLanguage('tr', 'de-BE')).toBe('Türkisch')
})

it('a wrong tag is shown as it is, and breaks nothing', () => {
  expect(languageName('nl-be-be', 'en-GB')).toBe('nl-be-be')
})
