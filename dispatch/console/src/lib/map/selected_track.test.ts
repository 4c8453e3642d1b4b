import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { anAlarm, longId } from '../../../tests/cases'
import type { AlarmView, Position, PositionFrame, Track } from '../wire'
import { SelectedTrack } from './selected_track.svelte'

const START = Date.parse('2026-03-02T10:00:00Z')
let stored: Position[]
let asked: string[]
let track: SelectedTrack

const at = (second: number): Position => ({
  ...anAlarm().positions[0]!,
  fixed_at: new Date(START + second * 1000).toISOString(),
})
const alarm = (short = 'a1', positions: Position[] = []): AlarmView =>
  anAlarm({ alarm_id: longId(short), positions })
const told = (second: number): PositionFrame => ({
  type: 'position',
  who: 'victim',
  number: 1,
  of: 1,
  alarm_id: longId('a1'),
  centre: 'BE-VOV',
  position: at(second),
  flags: [],
})
const seconds = () => track.fixes.map(({ position }) => (Date.parse(position.fixed_at) - START) / 1000)

beforeEach(() => {
  vi.useFakeTimers()
  track = new SelectedTrack()
  ;[stored, asked] = [[], []]
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path)
    const fixes = stored.map((position) => ({
      position,
      original_radius_m: null,
      original_confidence: null,
      number: 1,
      received_at: position.fixed_at,
      flags: [],
    }))
    const answer: Track = {
      alarm_id: longId('a1'),
      who: 'victim',
      fixes,
      last: null,
      last_age_s: null,
      more: false,
    }
    return Promise.resolve({ ok: true, json: () => Promise.resolve(answer) })
  })
})

afterEach(() => {
  track.forget()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('is what was stored, what came with the press and what is told, in time order', async () => {
  stored = [at(1), at(2)]
  track.show(alarm('a1', [at(0)]), [], true)
  await vi.advanceTimersByTimeAsync(0)
  track.show(alarm('a1', [at(0)]), [told(3)], true)
  expect(seconds()).toEqual([0, 1, 2, 3])
  expect(asked).toHaveLength(1)
})

it('is fetched again when fixes were skipped and after a lost link, and else only now and then', async () => {
  const one = alarm('a1', [at(0)])
  track.show(one, [told(1)], true)
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked).toHaveLength(1)
  stored = [at(5), at(9)]
  track.show(one, [told(30)], true)
  await vi.advanceTimersByTimeAsync(1000)
  expect(seconds()).toEqual([0, 1, 5, 9, 30])
  track.show(one, [told(30)], false)
  track.show(one, [told(30)], true)
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toHaveLength(3)
  await vi.advanceTimersByTimeAsync(16_000)
  expect(asked).toHaveLength(4)
})

it('is forgotten with the choice, and an answer that comes late is not another’s', async () => {
  stored = [at(1)]
  track.show(alarm('a1', [at(0)]), [], true)
  track.show(alarm('a2'), [], false)
  await vi.advanceTimersByTimeAsync(0)
  expect(seconds()).toEqual([])
  track.show(undefined, [], true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(1)
})

it('says that it cannot be had, and tries again', async () => {
  const works = fetch
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no link')))
  track.show(alarm('a1', [at(0)]), [], true)
  await vi.advanceTimersByTimeAsync(0)
  expect(track.failed).toBe(true)
  expect(seconds()).toEqual([0])
  stored = [at(-5)]
  vi.stubGlobal('fetch', works)
  await vi.advanceTimersByTimeAsync(6000)
  expect(track.failed).toBe(false)
  expect(seconds()).toEqual([-5, 0])
})
