/** How the link is, in words: the same sentence wherever it is said. */
import { clock } from './format'
import type { LinkState } from './link'
import type { Words } from './words'

interface Linked {
  readonly link: LinkState
  readonly stale: boolean
  readonly silent: boolean
  /** Milliseconds since 1970 on the gateway's clock. */
  readonly asOf: number | null
}

/** Whether what is shown may be old, or nothing is: a reason to be loud. */
export function linkIsBad({ link, stale, asOf }: Linked): boolean {
  return link.phase === 'ended' || (stale && (asOf !== null || link.phase === 'waiting'))
}

export function linkSaid(linked: Linked, words: Words): string {
  const { link, stale, silent } = linked
  if (link.phase === 'ended') return words.link.ended[link.code]
  if (!stale) return words.link.live
  if (!linkIsBad(linked)) return words.link.connecting
  const asOf = linked.asOf === null ? null : clock(linked.asOf, words.locale)
  if (link.phase !== 'up') return words.link.lost(asOf)
  return silent ? words.link.silent(asOf) : words.link.behind(asOf)
}
