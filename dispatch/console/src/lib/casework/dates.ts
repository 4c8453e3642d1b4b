/** Days and instants of a file as people read them. Its days are days in Brussels, wherever the reader is. */
import { day } from '../format'

const ZONE = 'Europe/Brussels'
const DAY_MS = 86_400_000

/** The day that it is in Brussels, as the wire writes it: `2026-03-02`. */
export function dayOf(instant: string | number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date(instant))
}

/** A calendar day of the wire as `2 Mar 2026`. */
export const calendarDay = day

/** An instant of the wire as a day and a time to the minute: `2 Mar 2026, 14:30`. */
export function instant(at: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
    timeZone: ZONE,
  }).format(new Date(at))
}

/** How far a calendar day is from another: `today`, `in 6 days`, `2 weeks ago`, `in 9 months`. */
export function relativeDay(date: string, today: string, locale: string): string {
  const days = Math.round((Date.parse(date) - Date.parse(today)) / DAY_MS)
  const say = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (Math.abs(days) < 14) return say.format(days, 'day')
  if (Math.abs(days) < 63) return say.format(Math.round(days / 7), 'week')
  return Math.abs(days) < 730
    ? say.format(Math.round(days / 30.44), 'month')
    : say.format(Math.round(days / 365.25), 'year')
}
