import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import App from './App.svelte'
import './components/commands/CommandForm.svelte' // which the desk fetches beside the work
import './components/commands/Ended.svelte'
import './components/map/MapView.svelte'
import './components/notices/TaskLists.svelte'

const user = userEvent.setup()
let roles: string[]
let deaf: boolean

function answers(path: string, { method }: RequestInit): Promise<Response> {
  if (deaf && !path.endsWith('/ways')) return Promise.reject(new TypeError('network'))
  if (method === 'DELETE') return Promise.resolve(Response.json({ continue_at: null }))
  const operator = { operator_id: 'f1', name: 'Somebody One', roles, centres: ['BE-VOV'] }
  const ways = { local: true, provider: null }
  return Promise.resolve(Response.json(path.endsWith('/ways') ? ways : { operator }))
}

class NoSocket {
  send(): void {}
  close(): void {}
}

beforeEach(() => {
  roles = ['operator']
  deaf = false
  vi.stubGlobal('fetch', answers)
  vi.stubGlobal('WebSocket', NoSocket)
})
afterEach(() => {
  vi.unstubAllGlobals()
  history.replaceState(null, '', '/')
})

it('whoever signs out while the gateway does not answer is told, and can sign out again', async () => {
  roles = ['integrator']
  render(App)
  await screen.findByRole('heading', { name: /Somebody One/ })
  deaf = true
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect((await screen.findByRole('alert')).textContent).toMatch(/You are not signed out/)
  deaf = false
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull()
})

it.each(['#link=used', '#again', '#refused=failed'])(
  '%s takes no screen from whoever is at work',
  async (hash) => {
    render(App)
    await screen.findByRole('region', { name: 'Open alarms' })
    deaf = true // or the link was used before: whatever is answered is no session
    location.hash = hash
    await vi.waitFor(() => expect(location.hash).toBe(''))
    await new Promise((done) => setTimeout(done))
    expect(screen.getByRole('region', { name: 'Open alarms' })).toBeTruthy()
  },
)
