import axe from 'axe-core'
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { takeLinkToken, takeReturn } from '../lib/sign_in'
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

it('offers the ways that there are', () => {
  const { unmount } = render(SignIn, { ways: { local: false, provider: '' }, onentered: vi.fn() })
  expect(screen.getByRole('link').textContent).toBe('Sign in with your police account')
  expect(screen.getByRole('link').getAttribute('href')).toBe('/v1/session/oidc')
  expect(screen.queryByLabelText('Password')).toBeNull()
  unmount()
  render(SignIn, { ways: { local: true, provider: 'Example' }, onentered: vi.fn() })
  expect(screen.getByRole('link').textContent).toBe('Sign in with Example')
  expect(screen.getByLabelText('Password')).toBeTruthy()
})

it('says that Caps Lock is on', async () => {
  render(SignIn, { onentered: vi.fn() })
  const typed = (capsLock: boolean) =>
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: capsLock }))
  typed(true)
  expect(await screen.findByText('Caps Lock is on.')).toBeTruthy()
  typed(false)
  await vi.waitFor(() => expect(screen.queryByText('Caps Lock is on.')).toBeNull())
})

it.each(['denied', 'expired', 'not-allowed', 'unreachable', 'failed'] as const)(
  'says in words that the provider %s',
  (refused) => {
    render(SignIn, { refused, ways: { local: true, provider: 'Example' }, onentered: vi.fn() })
    expect(screen.getByRole('alert').textContent?.length).toBeGreaterThan(20)
  },
)

it('takes how somebody came back out of the address', () => {
  const cases = {
    '/': null,
    '/#wall': null,
    '/#again': { again: true, refused: null },
    '/#refused=denied': { again: false, refused: 'denied' },
    '/#again&refused=expired': { again: true, refused: 'expired' },
    '/#refused=<b>made up</b>': { again: false, refused: 'failed' },
  }
  for (const [address, expected] of Object.entries(cases)) {
    history.replaceState(null, '', address)
    expect(takeReturn(location, history)).toEqual(expected)
    if (expected) expect(location.hash).toBe('')
  }
})

it('axe finds nothing', async () => {
  render(SignIn, { linkFailed: true, onentered: vi.fn() })
  const found = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: true } },
  })
  expect(found.violations.map(({ id }) => id)).toEqual([])
})
