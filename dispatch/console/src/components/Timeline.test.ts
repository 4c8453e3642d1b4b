import { render, screen } from '@testing-library/svelte'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { anAlarm, longId } from '../../tests/cases'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import { GAP_MS, SETTLE_MS } from '../lib/rereading'
import type { AlarmView } from '../lib/wire'
import Timeline from './Timeline.svelte'

const ALARM_ID = longId('a1')

let world: FakeWorld
let desk: Console
let asked: string[]
let answers: Record<string, unknown> | null

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answers = {
    timeline: {
      alarm_id: ALARM_ID,
      entries: [
        {
          ...{ version: 1, kind: 'alarm.raised', at: '2026-03-02T10:00:00Z', by: null, centre: 'BE-VOV' },
          ...{ state: 'raised', streams: [], changed: {} },
        },
      ],
    },
    notes: { alarm_id: ALARM_ID, readable: true, notes: [] },
  }
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    if (answers === null) throw new TypeError('no link')
    return { ok: true, json: async () => answers![path.split('/').at(-1)!] }
  })
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  world.socket.says({ type: 'welcome' })
  world.socket.says({ type: 'snapshot', cursor: 'e1:0' })
  world.socket.says({ type: 'caught_up', cursor: 'e1:0' })
})
afterEach(() => {
  desk.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function shown(): (change: Partial<AlarmView>) => void {
  const { rerender } = render(Timeline, { desk, alarm: anAlarm({ alarm_id: ALARM_ID }) })
  flushSync()
  return (change) => {
    void rerender({ alarm: anAlarm({ alarm_id: ALARM_ID, ...change }) })
    flushSync()
  }
}

function times(): number {
  return asked.filter((path) => path.endsWith('/timeline')).length
}

it('asks nothing while other alarms move, and every other second while this one does', async () => {
  const becomes = shown()
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  expect(times()).toBe(1)
  for (let moved = 1; moved <= 200; moved++) {
    const alarm = { alarm_id: `b${moved % 10}`, version: moved }
    world.socket.says({ type: 'event', cursor: `e1:${moved}`, kind: 'alarm.victim_moved', alarm })
    flushSync()
    await vi.advanceTimersByTimeAsync(50)
  }
  expect(times()).toBe(1)
  for (let version = 2; version <= 11; version++) {
    becomes({ version })
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(times()).toBeGreaterThan(3)
  expect(times()).toBeLessThanOrEqual(1 + (10 * 1000) / GAP_MS)
})

it('that cannot be read says so, and as of when is what stays', async () => {
  const becomes = shown()
  await vi.advanceTimersByTimeAsync(SETTLE_MS + GAP_MS)
  answers = null
  becomes({ version: 2 })
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  flushSync()
  expect(screen.getByText('The timeline cannot be read now.')).toBeTruthy()
  expect(screen.getByText(/^as of \d\d:\d\d:\d\d$/)).toBeTruthy()
  expect(screen.getByText('Alarm raised')).toBeTruthy()
})
