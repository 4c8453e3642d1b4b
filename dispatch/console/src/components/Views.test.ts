import { cleanup, render, screen } from '@testing-library/svelte'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { longId } from '../../tests/cases'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import Views from './Views.svelte'

const asked = vi.fn(() => Promise.reject(new TypeError('no network here')))

beforeEach(() => vi.stubGlobal('fetch', asked))
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  asked.mockClear()
})

function views(...roles: string[]): string[] {
  const world = new FakeWorld()
  const desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  const operator = { operator_id: longId('f1'), name: 'Op', roles, centres: ['BE-VOV'] }
  world.socket.says({ type: 'welcome', operator })
  flushSync()
  render(Views, { desk })
  return screen.getAllByRole('button').map((button) => button.textContent!.trim())
}

describe('the views', () => {
  it('offer an operator no supervision, and ask for none', () => {
    expect(views('operator')).toEqual(['Alarms', 'Looking back', 'Wall display'])
    expect(asked).not.toHaveBeenCalled()
  })

  it('offer it to a supervisor, and ask what wants her attention', () => {
    expect(views('operator', 'supervisor')).toContain('Supervision')
    expect(asked).toHaveBeenCalledExactlyOnceWith('/v1/overview', expect.anything())
  })

  it('lead whoever works on files too to those, in a tab of their own', () => {
    views('operator')
    expect(screen.queryByRole('link')).toBeNull()
    cleanup()
    views('operator', 'case_officer')
    const link = screen.getByRole('link', { name: 'Case files' })
    expect([link.getAttribute('href'), link.getAttribute('target')]).toEqual(['/#files', '_blank'])
  })
})
