/** How the link is, in words: the same sentence wherever it is said. */
import { clock } from './format'
import { trust, type Linked } from './trust'
import type { Words } from './words'

export function linkSaid(linked: Linked, words: Words): string {
  const how = trust(linked)
  if (linked.link.phase === 'ended') return words.link.ended[linked.link.code]
  if (how === 'live' || how === 'connecting') return words.link[how]
  const asOf = linked.asOf === null ? null : clock(linked.asOf, words.locale)
  return words.link[how === 'ended' ? 'lost' : how](asOf)
}
