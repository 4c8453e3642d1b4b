/** Numbers and instants as people read them, in a locale. Instants are milliseconds since 1970, ages seconds. */

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 86_400

/** A running time: `00:42`, `12:05`, `1:02:03`, then days. */
export function elapsed(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [
    Math.floor(whole / HOUR_S),
    Math.floor((whole % HOUR_S) / MINUTE_S),
    whole % MINUTE_S,
  ]
  if (whole >= DAY_S) return `${days(Math.floor(hours / 24), locale)} ${hours % 24} h`
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`
}

/** An age in the unit that matters: `8 s`, `4 min`, `3 h`, `2 days`. */
export function age(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 2 * MINUTE_S) return `${whole} s`
  if (whole < 2 * HOUR_S) return `${Math.floor(whole / MINUTE_S)} min`
  if (whole < 2 * DAY_S) return `${Math.floor(whole / HOUR_S)} h`
  return days(Math.floor(whole / DAY_S), locale)
}

/** A duration between machines: `3 ms`, `410 ms`, `1.8 s`, `42 s`. */
export function duration(ms: number, locale: string): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 10_000 ? `${decimal(ms / 1000, 1, locale)} s` : `${Math.round(ms / 1000)} s`
}

export function distance(metres: number, locale: string): string {
  if (metres < 1000) return `${Math.round(metres)} m`
  return `${decimal(metres / 1000, metres < 10_000 ? 1 : 0, locale)} km`
}

/** A share of one: `95 %`, with the space that the SI and Belgium's NBN Z 01-002 ask for. */
export function percent(share: number, locale: string): string {
  return `${decimal(share * 100, 0, locale)}\u00a0%`
}

/** A wall clock with seconds, 24 hours, in the workstation's zone. */
export function clock(instant: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }).format(instant)
}

/** The time of day to the minute, as `18:00`. */
export function minute(instant: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', hourCycle: 'h23' }).format(instant)
}

/** A day and a clock with seconds, in the workstation's zone. */
export function moment(instant: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(instant)
}

/** A calendar day of the wire (`2026-02-24`), which has no zone. */
export function day(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(Date.parse(date))
}

/** Whole years from a day of birth to an instant. */
export function years(born: string, now: number): number {
  const [then, today] = [new Date(born), new Date(now)]
  const hadBirthday =
    today.getMonth() > then.getUTCMonth() ||
    (today.getMonth() === then.getUTCMonth() && today.getDate() >= then.getUTCDate())
  return today.getFullYear() - then.getUTCFullYear() - (hadBirthday ? 0 : 1)
}

/** Five decimals are about a metre. */
export function coordinates(latitude: number, longitude: number): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
}

export function speed(metresPerSecond: number): string {
  return `${Math.round(metresPerSecond * 3.6)} km/h`
}

/** Which of eight directions a heading points to. */
export function compassPoint(degrees: number): 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 {
  return (Math.round(degrees / 45) % 8) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7
}

/** What a language is called; a tag that is none is shown as it is. */
export function languageName(tag: string, locale: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag // it came from a file, and one wrong tag must not take the alarm off the screen
  }
}

/** The language of a text in words, where it is not the reader's. */
export function otherLanguage(tag: string, locale: string): string | null {
  return tag.split('-')[0] === locale.split('-')[0] ? null : languageName(tag, locale)
}

function days(count: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(count)
}

function decimal(number: number, digits: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(number)
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
