import { render, screen, within } from '@testing-library/svelte'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { anAlarm, longId } from '../../../tests/cases'
import { FakeWorld } from '../../../tests/world'
import { Console } from '../../lib/console.svelte'
import { GAP_MS, SETTLE_MS } from '../../lib/rereading'
import type { AlarmView, Note } from '../../lib/wire'
import Told from './Told.svelte'

const ALARM_ID = longId('a1')

let world: FakeWorld
let desk: Console
let notes: Note[] | null
let look: (seen: boolean) => void

class Sight {
  constructor(told: IntersectionObserverCallback) {
    look = (seen) => told([{ isIntersecting: seen } as IntersectionObserverEntry], this as never)
  }
  observe(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  vi.useFakeTimers()
  notes = []
  vi.stubGlobal('IntersectionObserver', Sight)
  vi.stubGlobal('fetch', async () => {
    if (notes === null) throw new TypeError('no link')
    return { ok: true, json: async () => ({ alarm_id: ALARM_ID, readable: true, notes }) }
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

function said(second: number, text: string, given: Partial<Note> = {}): Note {
  const at = new Date(Date.UTC(2026, 2, 2, 10, 0, second)).toISOString()
  const by = { operator_id: 'i', name: '112 BE', centre: null }
  const plain = { said_at: at, said_by: 'victim' as const, lang: null }
  return { at, by, text, about: 'alarm.message_received', ...plain, ...given }
}

async function shown(): Promise<(change: Partial<AlarmView>) => Promise<void>> {
  const alarm = (change: Partial<AlarmView>) => anAlarm({ alarm_id: ALARM_ID, ...change })
  const messages = notes?.filter(({ about }) => about === 'alarm.message_received').length ?? 0
  const { rerender } = render(Told, { desk, alarm: alarm({ messages }) })
  flushSync()
  const settle = async () => {
    await vi.advanceTimersByTimeAsync(SETTLE_MS + GAP_MS)
    flushSync()
  }
  await settle()
  return async (change) => {
    void rerender({ alarm: alarm(change) })
    flushSync()
    await settle()
  }
}

function lines(): string[] {
  return within(screen.getByRole('log'))
    .getAllByRole('listitem')
    .map((line) => line.textContent!.replace(/\s+/g, ' ').trim())
}

it('shows the chat in time order with who wrote, unread until it was in sight for a moment', async () => {
  notes = [said(9, 'Blijf daar', { said_by: 'centre' }), said(5, 'Help')]
  const becomes = await shown()
  expect(lines()[0]).toMatch(/^She .*112 BE .*new Help$/)
  expect(lines()[1]).toMatch(/^The centre .*new Blijf daar$/)
  expect(screen.getByText('2 new messages')).toBeTruthy()
  expect(screen.getByRole('log').getAttribute('aria-live')).toBe('polite')

  look(true)
  flushSync()
  await vi.advanceTimersByTimeAsync(1000)
  expect(desk.seen.of(ALARM_ID), 'what scrolls by was not read').toBe(0)
  await vi.advanceTimersByTimeAsync(1500)
  flushSync()
  expect(desk.seen.of(ALARM_ID)).toBe(2)
  expect(screen.queryByText(/new message/)).toBeNull()

  look(false)
  flushSync()
  notes = [said(12, 'Hij is weg'), ...notes]
  await becomes({ messages: 3 })
  expect(screen.getByText('1 new message')).toBeTruthy()
  expect(lines()[2]).toMatch(/new Hij is weg$/)
})

it('folds away what was read, never what was not', async () => {
  notes = Array.from({ length: 20 }, (_, second) => said(second, `line ${second}`)).toReversed()
  desk.seen.saw(ALARM_ID, 10)
  await shown()
  expect(lines()).toHaveLength(10)
  expect(lines()[0]).toMatch(/line 10$/)
  screen.getByRole('button', { name: 'All 20 messages' }).click()
  flushSync()
  expect(lines()).toHaveLength(20)
})

it('marks medical fields as said by the other system, dated, the newest first', async () => {
  const about = { about: 'alarm.medical_received', said_by: null, lang: 'nl' }
  notes = [said(20, 'Diabetes type 1', about), said(1, 'Allergie', about)]
  await shown()
  const region = screen.getByRole('region', { name: 'Medical, as the 112 app says' })
  expect(region.textContent).toMatch(/Diabetes type 1\s*said by 112 BE, .*not checked by us/)
  expect(within(region).getByText('Earlier (1)')).toBeTruthy()
  expect(screen.queryByRole('log')).toBeNull()
})

it('says so when it cannot be read, and how many lines there are all the same', async () => {
  notes = null
  const becomes = await shown()
  await becomes({ messages: 2 })
  expect(screen.getByText('2 new messages')).toBeTruthy()
  notes = [said(5, 'Help')]
  screen.getByRole('button', { name: 'Read again' }).click()
  await vi.advanceTimersByTimeAsync(SETTLE_MS)
  flushSync()
  expect(lines()).toHaveLength(1)
  expect(screen.queryByRole('button', { name: 'Read again' })).toBeNull()
})
