/** Where one is in the case teams' pages: said by the address, so that a reload and a link lead there. */
import type { CaseworkPage } from '../wire'

export interface Place {
  readonly page: CaseworkPage
  /** What of the page: a file's id, a day, `new`; null: the page itself. */
  readonly of: string | null
}

const PAGES: readonly CaseworkPage[] = [
  'files',
  'devices',
  'hotspots',
  'report',
  'statistics',
  'glass',
  'audit',
]

/** The place that an address names; null: none of these. */
export function placeAt({ hash }: Pick<Location, 'hash'>): Place | null {
  const [page, of] = hash.slice(1).split('/')
  const known = PAGES.find((each) => each === page)
  return known ? { page: known, of: of ? decodeURIComponent(of) : null } : null
}

export function hashOf({ page, of }: Place): string {
  return of === null ? `#${page}` : `#${page}/${encodeURIComponent(of)}`
}
