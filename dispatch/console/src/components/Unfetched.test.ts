import { render, screen } from '@testing-library/svelte'
import { expect, it, vi } from 'vitest'
import { longId } from '../../tests/cases'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import Desk from './Desk.svelte'
import './map/MapView.svelte'
import './notices/TaskLists.svelte'

vi.mock('./commands/CommandForm.svelte', () => Promise.reject(new TypeError('no network here')))
vi.mock('./LookBack.svelte', () => Promise.reject(new TypeError('no network here')))

it('a part that could not be fetched says so, where it would stand', async () => {
  const world = new FakeWorld()
  const desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  render(Desk, { desk, onleave: vi.fn() })
  world.socket.says({ type: 'welcome' })
  world.socket.says({ type: 'snapshot', cursor: 'e1:0' })
  world.socket.says({ type: 'caught_up', cursor: 'e1:0' })
  world.socket.says({ type: 'event', cursor: 'e1:1', kind: 'alarm.raised', alarm: { alarm_id: 'a1' } })
  await screen.findByText(/This part of the screen could not be fetched/)
  desk.view = 'history'
  await vi.waitFor(() => expect(screen.queryByRole('region', { name: 'Open alarms' })).toBeNull())
  await screen.findByText(/This part of the screen could not be fetched/)
})
