/** How far the screen can be trusted now: whether the link is there and the picture is whole. */
import type { LinkState } from './link'

export interface Linked {
  readonly link: LinkState
  readonly stale: boolean
  readonly silent: boolean
  readonly asOf: number | null
}

/** `behind`: linked, and not all is here yet; `silent`: linked, and nothing comes. */
export type Trust = 'live' | 'connecting' | 'lost' | 'silent' | 'behind' | 'ended'

export function trust({ link, stale, silent, asOf }: Linked): Trust {
  if (link.phase === 'ended') return 'ended'
  if (!stale) return 'live'
  if (asOf === null && link.phase !== 'waiting') return 'connecting'
  if (link.phase !== 'up') return 'lost'
  return silent ? 'silent' : 'behind'
}

/** Whether what is shown may be old, or nothing is: a reason to be loud. */
export function isBad(how: Trust): boolean {
  return how !== 'live' && how !== 'connecting'
}
