import { describe, expect, it } from 'vitest'
import { lasts, PATTERNS, samples, type SoundName } from './sounds'

const RATE = 8000
const NAMES = Object.keys(PATTERNS) as SoundName[]
const SIRENS: readonly SoundName[] = ['siren', 'again']

function of(name: SoundName): Float32Array {
  return samples(PATTERNS[name], RATE)
}

/** The mean power while it sounds and while it does not. */
function power(wave: Float32Array): number {
  return wave.reduce((sum, each) => sum + each * each, 0) / wave.length
}

function peak(wave: Float32Array): number {
  return wave.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
}

/** How much of a tone there is in a wave (Goertzel). */
function tone(wave: Float32Array, hz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE)
  let [one, two] = [0, 0]
  for (const each of wave) [one, two] = [each + turn * one - two, one]
  return (one * one + two * two - turn * one * two) / wave.length
}

describe.each(NAMES)('%s', (name) => {
  it('can be heard, does not clip, and begins and ends at rest', () => {
    const wave = of(name)
    expect(wave.length).toBe(Math.round(lasts(PATTERNS[name]) * RATE))
    expect(peak(wave)).toBeGreaterThan(0.05)
    expect(peak(wave)).toBeLessThanOrEqual(PATTERNS[name].strength)
    expect(Math.abs(wave[0]!)).toBeLessThan(1e-6)
    expect(Math.abs(wave.at(-1)!)).toBeLessThan(1e-6)
  })

  it('never leaps from one tone to the next: it does not click', () => {
    const fine = samples(PATTERNS[name], 48_000)
    const leaps = fine.map((each, at) => (at === 0 ? 0 : Math.abs(each - fine[at - 1]!)))
    expect(peak(leaps)).toBeLessThan(0.35 * PATTERNS[name].strength + 0.02)
  })
})

describe('the siren', () => {
  it('has both its tones, and never rests for as long as a breath', () => {
    for (const name of SIRENS) {
      const wave = of(name)
      const [low, high] = name === 'siren' ? [740, 988] : [988, 1319]
      for (const hz of [low, high]) expect(tone(wave, hz)).toBeGreaterThan(20 * tone(wave, 600))
      expect(PATTERNS[name].steps.filter(([hz]) => hz === 0).every(([, rest]) => rest < 0.3)).toBe(true)
    }
  })

  it('is stronger than anything that is not one, and strongest when somebody was called already', () => {
    const others = NAMES.filter((name) => !SIRENS.includes(name) && name !== 'check')
    for (const name of others) expect(power(of(name))).toBeLessThan(power(of('siren')))
    expect(power(of('again'))).toBeGreaterThan(power(of('siren')))
  })

  it('is what the check lets hear', () => {
    for (const hz of [740, 988]) expect(tone(of('check'), hz)).toBeGreaterThan(20 * tone(of('check'), 600))
    expect(PATTERNS.check.strength).toBe(PATTERNS.siren.strength)
  })

  it('is told from a lost link by its tones: that has none of the siren’s', () => {
    for (const hz of [740, 988, 1319])
      expect(tone(of('lost'), hz)).toBeLessThan(tone(of('siren'), hz) / 20 + 0.05)
  })
})
