import axe from 'axe-core'
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { takeLinkToken } from '../lib/sign_in'
import SignIn from './SignIn.svelte'

afterEach(() => vi.unstubAllGlobals())

function answering(status: number, body: object) {
  const fetch = vi.fn(async () => new Response(JSON.stringify(body), { status }))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

async function submit(): Promise<void> {
  const user = userEvent.setup()
  await user.type(screen.getByLabelText('Name'), 'operator')
  await user.type(screen.getByLabelText('Password'), 'secret{Enter}')
}

it('posts name and password and enters', async () => {
  const fetch = answering(201, { operator: {}, expires_at: '' })
  const onentered = vi.fn()
  render(SignIn, { onentered })
  await submit()
  await vi.waitFor(() => expect(onentered).toHaveBeenCalledOnce())
  const [path, request] = fetch.mock.calls[0] as unknown as [string, RequestInit]
  expect(path).toBe('/v1/session')
  expect(JSON.parse(String(request.body))).toEqual({ username: 'operator', password: 'secret' })
})

it('says in words why it was refused, and forgets the password', async () => {
  answering(401, { type: 'urn:msa:problem:wrong-credentials', title: '', status: 401 })
  render(SignIn, { onentered: vi.fn() })
  await submit()
  expect((await screen.findByRole('alert')).textContent).toMatch(/Name or password is wrong/)
  expect((screen.getByLabelText('Password') as HTMLInputElement).value).toBe('')
})

it('says that the gateway cannot be reached', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
  render(SignIn, { onentered: vi.fn() })
  await submit()
  expect((await screen.findByRole('alert')).textContent).toMatch(/cannot be reached/)
})

it('takes the one-time token out of the address', () => {
  history.replaceState(null, '', '/#link=abc')
  expect(takeLinkToken(location, history)).toBe('abc')
  expect(location.href).not.toContain('abc')
  expect(takeLinkToken(location, history)).toBeNull()
})

it('axe finds nothing', async () => {
  render(SignIn, { linkFailed: true, onentered: vi.fn() })
  const found = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: true } },
  })
  expect(found.violations.map(({ id }) => id)).toEqual([])
})
