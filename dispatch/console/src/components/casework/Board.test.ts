import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { casework } from '../../lib/casework/speech.svelte'
import type { Board as BoardView, BoardFile } from '../../lib/wire'
import Board from './Board.svelte'

const SINCE = '2026-03-02T09:00:00Z'
const SHARE = { protected_pct: 99.9, reachable_pct: 100 }
const NOTHING = { protected_pct: null, reachable_pct: null }

function file(reference: string, changes: Partial<BoardFile> = {}): BoardFile {
  return {
    registration_id: reference,
    reference,
    team: 'BE-5415',
    centre: 'BE-VOV',
    risk: 'high',
    life: 'installed',
    state: 'protected',
    since: SINCE,
    faults: [],
    day: SHARE,
    month: NOTHING,
    ...changes,
  }
}

const LACKING = file('GE.1', {
  state: 'unprotected',
  faults: [{ kind: 'presses_waiting', since: SINCE }],
})

function told(board: BoardView | null): void {
  const answer = board ? Response.json(board) : Response.json({ type: 'x:unavailable' }, { status: 503 })
  vi.stubGlobal('fetch', () => Promise.resolve(answer))
}

beforeAll(() => casework.follow())
afterEach(() => vi.unstubAllGlobals())

it('who is not protected stands first, with why and what to do; the others are a press away', async () => {
  told({ at: SINCE, protected: 1, degraded: 0, unprotected: 1, files: [LACKING, file('GE.2')] })
  render(Board)
  const link = await screen.findByRole('link', { name: 'GE.1' })
  expect(link.getAttribute('href')).toBe('#files/GE.1')
  expect(screen.getByText('Presses wait on the phone')).toBeTruthy()
  expect(screen.getByText(/She pressed|she pressed/)).toBeTruthy()
  expect(screen.getByText('99.9 %')).toBeTruthy()
  expect(screen.getByText('not known')).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'GE.2' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Show all 2' }))
  expect(screen.getByRole('link', { name: 'GE.2' })).toBeTruthy()
})

it('it says that everybody is protected, and when it could not be asked', async () => {
  told({ at: SINCE, protected: 1, degraded: 0, unprotected: 0, files: [file('GE.2')] })
  const { unmount } = render(Board)
  expect(await screen.findByText('Everybody is protected.')).toBeTruthy()
  unmount()
  told(null)
  render(Board)
  expect(await screen.findByText('It did not work. Nothing was changed.', { exact: false })).toBeTruthy()
})
