import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { GAP_MS, Rereading, SETTLE_MS } from './rereading'

let asked: ((found: string | null) => void)[]
let shown: (string | null)[]
let reading: Rereading<string>

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  shown = []
  reading = new Rereading(
    () => new Promise((answer) => asked.push(answer)),
    (found) => shown.push(found),
  )
})
afterEach(() => vi.useRealTimers())

async function answer(found: string | null): Promise<void> {
  asked.at(-1)!(found)
  await vi.advanceTimersByTimeAsync(0)
}

it('asks once for a burst of changes, and once more for those that came meanwhile', async () => {
  for (let times = 0; times < 50; times++) reading.want()
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  expect(asked).toHaveLength(1)
  for (let times = 0; times < 50; times++) reading.want()
  await answer('one')
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(GAP_MS)
  expect(asked).toHaveLength(2)
  await answer('two')
  await vi.advanceTimersByTimeAsync(10 * GAP_MS)
  expect([asked.length, shown]).toEqual([2, ['one', 'two']])
})

it('asks an alarm that moves each second at most every other', async () => {
  for (let second = 0; second < 60; second++) {
    reading.want()
    await vi.advanceTimersByTimeAsync(1000)
    await answer('found')
  }
  expect(asked.length).toBeLessThanOrEqual(30)
  expect(asked.length).toBeGreaterThan(10)
})

it('asks nothing for one that was passed by, and shows no answer that came too late', async () => {
  reading.want()
  reading.stop()
  await vi.advanceTimersByTimeAsync(GAP_MS)
  expect(asked).toHaveLength(0)
  const late = new Rereading(
    () => new Promise<string>((done) => asked.push(done as (found: string | null) => void)),
    (found) => shown.push(found),
  )
  late.want()
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  late.stop()
  await answer('late')
  expect(shown).toEqual([])
})
