import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { longId } from '../../../tests/cases'
import { FakeWorld } from '../../../tests/world'
import { Console } from '../../lib/console.svelte'
import SessionBar from './SessionBar.svelte'

let world: FakeWorld
let desk: Console
const onleave = vi.fn()
const user = userEvent.setup()

beforeEach(() => {
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  onleave.mockReset()
})

afterEach(() => vi.unstubAllGlobals())

/** A console welcomed at 10:00 UTC, whose session commands until then and is signed in again like this. */
async function welcomed(until: string, again: string): Promise<void> {
  const operator = { operator_id: longId('f1'), name: 'Anna V.', roles: ['operator'], centres: ['BE-VOV'] }
  const view = { operator, expires_at: until, watch_until: '2026-03-02T23:00:00Z', again }
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(view), { status: 200 })),
  )
  render(SessionBar, { desk, onleave })
  says({ type: 'welcome', operator, server_time: '2026-03-02T10:00:00Z', commands_until: until })
  await Promise.resolve()
}

function says(frame: Record<string, unknown>): void {
  world.socket.says(frame)
  flushSync()
}

it('says nothing of a session that lasts', async () => {
  await welcomed('2026-03-02T10:16:00Z', 'password')
  expect(screen.queryByRole('region')).toBeNull()
  world.passes(61)
  flushSync()
  expect(screen.getByRole('status').textContent).toMatch(/Your session ends at/)
})

it('says loudly that it has ended, and that everything is still shown', async () => {
  await welcomed('2026-03-02T10:00:00Z', 'password')
  expect(screen.getByRole('alert').textContent).toMatch(/Session ended at .*: you still see everything/)
})

it('says when the screen goes blank, once that is near', async () => {
  await welcomed('2026-03-02T09:00:00Z', 'password')
  await screen.findByLabelText('Password of Anna V.')
  expect(screen.getByRole('alert').textContent).not.toMatch(/goes blank/)
  says({ type: 'heartbeat', server_time: '2026-03-02T22:46:00Z', heads: {} })
  expect(screen.getAllByRole('alert')[0]?.textContent).toMatch(/this screen goes blank/)
})

it('offers whoever came by a link no password', async () => {
  await welcomed('2026-03-02T10:00:00Z', 'link')
  expect(await screen.findByText(/ask for a new one/)).toBeTruthy()
  expect(screen.queryByLabelText(/Password/)).toBeNull()
})

it('lets somebody else sign in', async () => {
  await welcomed('2026-03-02T10:00:00Z', 'password')
  await user.click(await screen.findByRole('button', { name: 'Somebody else' }))
  expect(onleave).toHaveBeenCalledOnce()
})

it('makes the link anew once the password was right, and keeps the screen', async () => {
  await welcomed('2026-03-02T10:00:00Z', 'password')
  await user.type(await screen.findByLabelText('Password of Anna V.'), 'secret{Enter}')
  await vi.waitFor(() => expect(world.sockets.length).toBe(2))
  expect(desk.picture.operator?.name).toBe('Anna V.')
  says({
    type: 'welcome',
    operator: { operator_id: longId('f1'), name: 'Anna V.', roles: ['operator'], centres: ['BE-VOV'] },
    server_time: '2026-03-02T10:00:00Z',
    commands_until: '2026-03-02T22:00:00Z',
  })
  expect(screen.queryByRole('region')).toBeNull()
})
