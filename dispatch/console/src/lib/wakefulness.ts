/** Whether this screen really was there all the time: its ticks tell, by the clock that runs on in its sleep. */

export const STOOD_STILL_S = 10 // no tick is so late while a browser is only busy
export const SAID_FOR_S = 300

/** A time in which nothing on the screen moved: `slept`, or `held` back by the browser while it was hidden. */
export interface Lull {
  readonly kind: 'slept' | 'held'
  readonly seconds: number
  /** When it was over, on the clock of `looked`. */
  readonly until: number
}

export interface Wakefulness {
  readonly lookedAt: number | null
  readonly visible: boolean
  readonly lull: Lull | null
}

export const AWAKE: Wakefulness = { lookedAt: null, visible: true, lull: null }

/**
 * Take one look at the workstation's wall clock, in seconds; looks follow each other closely while it is
 * awake. What was hidden before a pause was held back, what was in front slept.
 */
export function looked(before: Wakefulness, now: number, visible: boolean): Wakefulness {
  const pause = before.lookedAt === null ? 0 : now - before.lookedAt
  if (pause > STOOD_STILL_S) {
    const kind = before.visible ? 'slept' : 'held'
    return { lookedAt: now, visible, lull: { kind, seconds: pause, until: now } }
  }
  const lull = before.lull && now - before.lull.until > SAID_FOR_S ? null : before.lull
  return { lookedAt: now, visible, lull }
}
