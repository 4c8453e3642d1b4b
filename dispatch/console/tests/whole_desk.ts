/** A desk on the screen whose gateway the test plays: begun anew before each test of the file that imports it. */
import axe from 'axe-core'
import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { beforeEach, vi } from 'vitest'
import Desk from '../src/components/Desk.svelte'
import { Console } from '../src/lib/console.svelte'
import { longId } from './cases'
import { FakeWorld } from './world'

export let world: FakeWorld
export let desk: Console
export let sequence: number
export const user = userEvent.setup()

beforeEach(() => {
  history.replaceState(null, '', '/')
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  render(Desk, { desk, onleave: vi.fn() })
  sequence = 0
  says({ type: 'welcome' })
  says({ type: 'snapshot', cursor: 'e1:0' })
  says({ type: 'caught_up', cursor: 'e1:0' })
})

export function says(frame: Record<string, unknown>): void {
  world.socket.says(frame)
  flushSync()
}

export function happens(kind: string, alarm: Record<string, unknown>): void {
  sequence += 1
  says({ type: 'event', cursor: `e1:${sequence}`, kind, alarm })
}

export function raised(short: string, name: string, fields: Record<string, unknown> = {}): void {
  const person = { victim: { name, born_on: null, languages: [], phone: null, addresses: [], photo: null } }
  happens('alarm.raised', {
    alarm_id: short,
    person: { ...person, offender: null, safe_word: null },
    raised_at: `2026-03-02T10:00:${short.slice(1).padStart(2, '0')}Z`,
    ...fields,
  })
}

export function acknowledged(short: string, by: string): void {
  happens('alarm.acknowledged', {
    alarm_id: short,
    state: 'acknowledged',
    version: 2,
    acknowledged_by: { operator_id: longId('f1'), name: by },
    acknowledged_at: '2026-03-02T10:00:09Z',
  })
}

export function row(name: RegExp | string): HTMLElement {
  return within(screen.getByRole('region', { name: 'Open alarms' })).getByRole('button', { name })
}

export function banner(): HTMLElement {
  return screen.getByRole('region', { name: 'Stalking alarm' })
}

export function asked(): (string | undefined)[] {
  return world.socket.sent
    .map((frame) => (frame.type === 'acknowledge' ? frame.alarm_id : undefined))
    .filter(Boolean)
}

export const OPERATOR = '00000000-0000-4000-8000-0000000000f1' // of frames.json: another would begin anew
export const SOON = '2026-03-02T10:00:00Z'
export const COERCED = { at: SOON, coerced: true, word: 'duress', count: 1 }

export function since(): HTMLElement {
  return screen.getByRole('region', { name: 'What happened since' })
}

export function urgent(): string {
  return screen
    .getAllByRole('alert')
    .map(({ textContent }) => textContent?.trim())
    .join('')
}

export async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  return found.violations.map(({ id }) => id)
}
