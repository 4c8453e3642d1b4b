import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { anAlarm, longId, type Json } from '../../tests/cases'
import { OPERATOR } from '../../tests/desk'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import type { AlarmView } from '../lib/wire'
import LookBack from './LookBack.svelte'

const CLOSED = anAlarm({
  alarm_id: longId('a1'),
  state: 'closed',
  closure: {
    at: '2026-03-02T10:12:30Z',
    by: { operator_id: longId('d4'), name: 'Operator Two', centre: 'BE-VOV' },
    outcome: 'offender_gone',
    needs_second_look: false,
    reviewed_by: null,
    reviewed_at: null,
    disposition: { code: '14', sub_code: 'offender_gone' },
  },
})
const NAME = CLOSED.person!.victim.name

let world: FakeWorld
let desk: Console
let closed: AlarmView[]

beforeEach(() => {
  closed = [CLOSED]
  vi.stubGlobal('fetch', async (path: string) => {
    const one = closed.find(({ alarm_id }) => path === `/v1/alarms/${alarm_id}`)
    if (path.startsWith('/v1/alarms?')) return { ok: true, json: async () => closed }
    return { ok: one !== undefined, json: async () => one }
  })
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  welcomed(['BE-VOV'])
  render(LookBack, { desk })
  flushSync()
})
afterEach(() => {
  desk.close()
  vi.unstubAllGlobals()
})

function welcomed(centres: string[]): void {
  const operator: Json = { operator_id: OPERATOR, name: 'One', roles: ['operator'], centres }
  world.socket.says({ type: 'welcome', operator })
  for (const centre of centres) {
    world.socket.says({ type: 'snapshot', cursor: 'e1:0', centre })
    world.socket.says({ type: 'caught_up', cursor: 'e1:0', centre })
  }
  flushSync()
}

it('shows a closed alarm as it was, and nothing of it any more once its centre is lost', async () => {
  await userEvent.click(await screen.findByRole('button', { name: new RegExp(NAME) }))
  expect(await screen.findByRole('heading', { name: NAME })).toBeTruthy()
  expect(screen.getByText(/closed by Operator Two/)).toBeTruthy()
  expect(screen.getByText(/lasted 12:30/)).toBeTruthy()
  closed = []
  world.socket.drops(1012)
  world.passes(0)
  welcomed(['BE-VAN'])
  expect(document.body.textContent).not.toContain(NAME)
  expect(await screen.findByText('No closed alarm.')).toBeTruthy()
})

it('is led from a closed alarm that is open again to the open ones', async () => {
  await userEvent.click(await screen.findByRole('button', { name: new RegExp(NAME) }))
  const reopened: Json = { alarm_id: 'a1', state: 'raised', version: 9 }
  world.socket.says({ type: 'event', cursor: 'e1:1', kind: 'alarm.reopened', alarm: reopened })
  flushSync()
  expect(screen.getByText(/This alarm is open again/)).toBeTruthy()
  desk.view = 'history'
  await userEvent.click(screen.getByRole('button', { name: 'Show it among the open alarms' }))
  expect([desk.view, desk.selectedId]).toEqual(['alarms', longId('a1')])
})
