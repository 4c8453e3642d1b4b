/**
 * The sounds themselves, made of numbers: no file is fetched, and what they are made of stands here.
 *
 * The siren is two tones a fourth apart, between 500 and 1500 Hz with overtones, which carries through
 * talk and is heard by who hears high tones badly (ISO 7731); nothing else here has two tones in turn.
 */
import type { Chime, Loop } from './siren'

/** `check` has the siren's tones and strength: whoever hears it will hear the siren. */
export type SoundName = Loop | Chime | 'check'

interface Pattern {
  /** Peak, of 1. */
  readonly strength: number
  /** How strong each overtone is beside the tone itself. */
  readonly overtones: readonly number[]
  /** Hz (0: quiet) and seconds, in turn. */
  readonly steps: readonly (readonly [hz: number, seconds: number])[]
}

const PIERCING = [0.5, 0.35, 0.2]
const SOFT = [0.1]

export const PATTERNS: Record<SoundName, Pattern> = {
  siren: {
    strength: 0.6,
    overtones: PIERCING,
    steps: [
      [988, 0.35],
      [740, 0.35],
    ],
  },
  again: {
    strength: 0.95,
    overtones: PIERCING,
    steps: [
      [1319, 0.12],
      [988, 0.12],
      [1319, 0.12],
      [988, 0.12],
      [1319, 0.12],
      [988, 0.12],
      [0, 0.16],
    ],
  },
  lost: {
    strength: 0.4,
    overtones: SOFT,
    steps: [
      [392, 0.22],
      [0, 0.06],
      [330, 0.22],
      [0, 0.06],
      [262, 0.5],
      [0, 6.9],
    ],
  },
  check: {
    strength: 0.6,
    overtones: PIERCING,
    steps: [
      [740, 0.3],
      [988, 0.5],
    ],
  },
  more: {
    strength: 0.45,
    overtones: PIERCING,
    steps: [
      [988, 0.1],
      [0, 0.08],
      [988, 0.1],
      [0, 0.08],
      [988, 0.1],
    ],
  },
  test: {
    strength: 0.18,
    overtones: SOFT,
    steps: [
      [1568, 0.12],
      [0, 0.03],
      [1047, 0.2],
    ],
  },
  back: {
    strength: 0.2,
    overtones: SOFT,
    steps: [
      [262, 0.14],
      [392, 0.24],
    ],
  },
}

const EDGE_S = 0.008 // how long a tone takes to come and to go: a tone cut off clicks

/** Seconds that one turn of a sound lasts. */
export function lasts({ steps }: Pattern): number {
  return steps.reduce((sum, [, seconds]) => sum + seconds, 0)
}

/** One turn of a sound as samples between -1 and 1; it begins and ends at rest, so that it may go on in a loop. */
export function samples(pattern: Pattern, rate: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(Math.round(lasts(pattern) * rate))
  let from = 0
  let ends = 0
  for (const [hz, seconds] of pattern.steps) {
    ends += seconds
    const to = Math.min(all.length, Math.round(ends * rate))
    if (hz > 0) tone(all.subarray(from, to), hz, pattern, rate)
    from = to
  }
  return all
}

function tone(into: Float32Array, hz: number, { strength, overtones }: Pattern, rate: number): void {
  const whole = 1 + overtones.reduce((sum, each) => sum + each, 0)
  const edge = Math.round(EDGE_S * rate)
  for (let at = 0; at < into.length; at++) {
    const turn = (2 * Math.PI * hz * at) / rate
    const wave = overtones.reduce((sum, each, nth) => sum + each * Math.sin((nth + 2) * turn), Math.sin(turn))
    const near = Math.min(at, into.length - 1 - at, edge) / edge
    into[at] = (strength * wave * (1 - Math.cos(Math.PI * near))) / (2 * whole)
  }
}
