import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AGAIN_MS, Part } from './part.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('is fetched once, however often it is asked for', async () => {
  const load = vi.fn(async () => ({ default: 'here' }))
  const part = new Part(load)
  expect(load).not.toHaveBeenCalled()
  await Promise.all([part.fetch(), part.fetch()])
  expect(part.component).toBe('here')
  expect(load).toHaveBeenCalledTimes(1)
})

it('says that it is missing, and is fetched again until it can be had', async () => {
  const load = vi.fn<() => Promise<{ default: string }>>()
  load.mockRejectedValueOnce(new TypeError('no link')).mockRejectedValueOnce(new TypeError('no link'))
  load.mockResolvedValue({ default: 'here' })
  const part = new Part(load)
  void part.fetch()
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(load).toHaveBeenCalledTimes(2)
  expect(part.missing).toBe(true)
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(part.component).toBe('here')
  expect(part.missing).toBe(false)
})
