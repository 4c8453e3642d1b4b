/** How a session stands: whether its operator may still act, and for how long. Pure; times in ms since 1970. */

export const WARNED_MS = 15 * 60_000 // enough to end a call and type a password, before it matters

export type Standing =
  { readonly phase: 'fresh' } | { readonly phase: 'ending' | 'ended'; readonly at: number }

/** What to say at `now` of a session that commands until `until` (null: its end is not known). */
export function standing(until: number | null, now: number): Standing {
  if (until === null || until - now > WARNED_MS) return { phase: 'fresh' }
  return { phase: until <= now ? 'ended' : 'ending', at: until }
}
