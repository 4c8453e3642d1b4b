/** Closed alarms, page by page, the one raised last first. */
import type { AlarmView, Purpose } from './wire'

export const PAGE = 20

/** Whom nobody looks back on stands in no list. */
export const PURPOSES: readonly Purpose[] = ['real', 'test', 'exercise']

/** Which closed alarms are wanted; without a purpose, of every purpose. */
export interface Wanted {
  readonly review: boolean
  readonly purpose: Purpose | null
}

export interface Page {
  readonly alarms: readonly AlarmView[]
  /** Whether there are older ones. */
  readonly older: boolean
}

/** Where a page is read: those raised before the alarm `before`. One more than is shown tells whether there are older. */
export function pathOf(wanted: Wanted, before: string | null): string {
  const query = new URLSearchParams({ state: 'closed', limit: String(PAGE + 1) })
  if (wanted.review) query.set('awaiting', 'review')
  if (wanted.purpose) query.set('purpose', wanted.purpose)
  if (before !== null) query.set('before', before)
  return `/v1/alarms?${query.toString()}`
}

export function pageOf(found: readonly AlarmView[]): Page {
  return { alarms: found.slice(0, PAGE), older: found.length > PAGE }
}

/** The pages that were turned to get where one is: the last alarm of each, the newest first. */
export type Turned = readonly string[]

export function older(turned: Turned, page: Page): Turned {
  const last = page.alarms.at(-1)
  return page.older && last ? [...turned, last.alarm_id] : turned
}

export function newer(turned: Turned): Turned {
  return turned.slice(0, -1)
}

/** How long an alarm was open, in seconds; it may have been opened again. */
export function lasted({ raised_at, closure }: AlarmView): number | null {
  return closure ? Math.max(0, (Date.parse(closure.at) - Date.parse(raised_at)) / 1000) : null
}
