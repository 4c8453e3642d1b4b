import axe from 'axe-core'
import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync, tick } from 'svelte'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { longId } from '../../tests/cases'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import Desk from './Desk.svelte'

let world: FakeWorld
let desk: Console
let sequence: number
const user = userEvent.setup()

beforeEach(() => {
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  render(Desk, { desk, onleave: vi.fn() })
  sequence = 0
  says({ type: 'welcome' })
  says({ type: 'snapshot', cursor: 'e1:0' })
  says({ type: 'caught_up', cursor: 'e1:0' })
})

function says(frame: Record<string, unknown>): void {
  world.socket.says(frame)
  flushSync()
}

function happens(kind: string, alarm: Record<string, unknown>): void {
  sequence += 1
  says({ type: 'event', cursor: `e1:${sequence}`, kind, alarm })
}

function raised(short: string, name: string, fields: Record<string, unknown> = {}): void {
  const person = { victim: { name, born_on: null, languages: [], phone: null, addresses: [], photo: null } }
  happens('alarm.raised', {
    alarm_id: short,
    person: { ...person, offender: null, safe_word: null },
    raised_at: `2026-03-02T10:00:${short.slice(1).padStart(2, '0')}Z`,
    ...fields,
  })
}

function acknowledged(short: string, by: string): void {
  happens('alarm.acknowledged', {
    alarm_id: short,
    state: 'acknowledged',
    version: 2,
    acknowledged_by: { operator_id: longId('f1'), name: by },
    acknowledged_at: '2026-03-02T10:00:09Z',
  })
}

function row(name: RegExp | string): HTMLElement {
  return within(screen.getByRole('region', { name: 'Open alarms' })).getByRole('button', { name })
}

function banner(): HTMLElement {
  return screen.getByRole('region', { name: 'Stalking alarm' })
}

function asked(): (string | undefined)[] {
  return world.socket.sent
    .map((frame) => (frame.type === 'acknowledge' ? frame.alarm_id : undefined))
    .filter(Boolean)
}

async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  return found.violations.map(({ id }) => id)
}

describe('a real alarm', () => {
  it('is shown in the banner and announced, with its circumstances first and the worst on top', () => {
    raised('a1', 'Voorbeeld, Anna')
    expect(within(banner()).getByText('Voorbeeld, Anna')).toBeTruthy()
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toContain(
      'New: Stalking alarm. Voorbeeld, Anna. East Flanders.',
    )
    const detail = screen.getByRole('region', { name: 'Alarm' })
    const sections = within(detail).getAllByRole('region')
    expect(sections[0]?.getAttribute('aria-label')).toBe('Know before you go')
    const circumstances = within(sections[0]!).getAllByRole('listitem')
    expect(circumstances.map((each) => each.className.split(' ')[0])).toEqual(['critical', 'high', 'normal'])
    expect(circumstances[0]?.querySelector('[lang]')?.getAttribute('lang')).toBe('nl')
  })

  it('does not move the selection, the focus or the detail when another is open', async () => {
    raised('a5', 'Voorbeeld, Anna')
    await user.click(row(/Anna/))
    raised('a1', 'Exemple, Claire')
    await tick()
    expect(row(/Anna/).getAttribute('aria-current')).toBe('true')
    expect(document.activeElement).toBe(row(/Anna/))
    expect(screen.getByRole('heading', { name: 'Voorbeeld, Anna' })).toBeTruthy()
    const names = screen.getAllByRole('button', { name: /Unanswered/ })
    expect(names[0]?.textContent).toContain('Claire')
  })

  it('leaves the detail on an alarm that is in hand', async () => {
    raised('a5', 'Voorbeeld, Anna')
    acknowledged('a5', 'Operator One')
    raised('a6', 'Exemple, Claire')
    await tick()
    expect(row(/Name unknown|Anna/).getAttribute('aria-current')).toBe('true')
    expect(within(banner()).getByText('Exemple, Claire')).toBeTruthy()
  })

  it('keeps the focus on its row when it moves to another group', async () => {
    raised('a1', 'Voorbeeld, Anna')
    await user.click(row(/Anna/))
    acknowledged('a1', 'Operator One')
    await tick()
    expect(document.activeElement?.getAttribute('data-alarm')).toBe(longId('a1'))
    expect(screen.getByText(/Acknowledged by Operator One/)).toBeTruthy()
  })

  it('says that a position is stale after 30 s, and when there is none', () => {
    raised('a1', 'Voorbeeld, Anna')
    expect(screen.queryByText('Position stale')).toBeNull()
    world.passes(5)
    says({ type: 'heartbeat', server_time: '2026-03-02T10:00:40Z' })
    expect(screen.getByText('Position stale')).toBeTruthy()
    happens('alarm.pressed_again', { alarm_id: 'a1', version: 2, positions: [] })
    expect(screen.getByText('No position')).toBeTruthy()
  })

  it('is reported delivered once it is painted', async () => {
    raised('a1', 'Voorbeeld, Anna')
    const reported = () => world.socket.sent.filter(({ type }) => type === 'delivered')
    expect(reported()).toEqual([])
    await vi.waitFor(() => expect(reported()).toHaveLength(1))
    expect(reported()[0]).toMatchObject({ alarm_id: longId('a1'), sequence: 1, centre: 'BE-VOV' })
  })
})

describe('F2', () => {
  it('takes the selected unanswered alarm, then the oldest, from anywhere', async () => {
    raised('a1', 'Exemple, Claire')
    raised('a2', 'Voorbeeld, Anna')
    await user.click(row(/Anna/))
    screen.getByRole('button', { name: 'Sign out' }).focus()
    await user.keyboard('{F2}')
    expect(asked()).toEqual([longId('a2')])
    acknowledged('a2', 'Operator One')
    await user.keyboard('{F2}')
    expect(asked()).toEqual([longId('a2'), longId('a1')])
  })

  it('is printed on the button of the alarm it takes', () => {
    raised('a1', 'Voorbeeld, Anna')
    expect(within(banner()).getByRole('button', { name: /Acknowledge.*F2/ })).toBeTruthy()
  })

  it('asks once, and the gateway’s answer decides', async () => {
    raised('a1', 'Voorbeeld, Anna')
    await user.keyboard('{F2}{F2}')
    expect(asked()).toHaveLength(1)
    expect(screen.queryByText(/Acknowledged by/)).toBeNull()
    const command = world.socket.sent.find(({ type }) => type === 'acknowledge') as { request_id: string }
    says({ type: 'refused', request_id: command.request_id, taken_by: 'Operator Two' })
    expect(screen.getByText('Already taken by Operator Two.')).toBeTruthy()
  })

  it('promises nothing without a link', async () => {
    raised('a1', 'Voorbeeld, Anna')
    world.socket.drops()
    flushSync()
    await user.keyboard('{F2}')
    expect(screen.getByText(/No link: cannot acknowledge/)).toBeTruthy()
    world.passes(0)
    says({ type: 'welcome' })
    says({ type: 'caught_up', cursor: 'e1:1' })
    expect(asked()).toEqual([])
  })
})

describe('what is not real', () => {
  it.each(['test', 'exercise', 'canary'])('never looks like an alarm: %s', (purpose) => {
    raised('a1', 'Voorbeeld, Anna', { purpose })
    expect(screen.queryByRole('region', { name: 'Stalking alarm' })).toBeNull()
    expect(screen.getByText('No unanswered alarm')).toBeTruthy()
    const said = screen.getAllByRole('alert').map(({ textContent }) => textContent?.trim())
    expect(said.join('')).toBe('')
    expect(row(/Anna/).className).toContain('apart')
  })
})

describe('the link', () => {
  it('that is silent for 6 s is said in words, with the time of the picture', () => {
    world.passes(6.6)
    flushSync()
    expect(
      screen.getByText(/Nothing heard from the gateway. What you see is as of \d\d:\d\d:\d\d/),
    ).toBeTruthy()
  })

  it('that is lost is said within 6 s, and its return with how it caught up', () => {
    raised('a1', 'Voorbeeld, Anna')
    world.socket.drops()
    world.passes(0)
    world.socket.drops()
    world.passes(1.6)
    flushSync()
    expect(screen.getByText(/Link lost. What you see is as of/)).toBeTruthy()
    world.passes(5)
    says({ type: 'welcome' })
    happens('alarm.acknowledged', { alarm_id: 'a1', state: 'acknowledged', version: 2 })
    says({ type: 'caught_up', cursor: `e1:${sequence}` })
    expect(screen.getByText('Live')).toBeTruthy()
    expect(screen.getByText('East Flanders: caught up, 1 event replayed.')).toBeTruthy()
  })

  it('that was superseded offers to use this console again', async () => {
    world.socket.drops(4409)
    flushSync()
    await user.click(screen.getByRole('button', { name: 'Use it here' }))
    expect(world.sockets).toHaveLength(2)
  })
})

describe('axe finds nothing', () => {
  it('on the empty desk', async () => {
    expect(await violations()).toEqual([])
  })

  it('with alarms of every group open', async () => {
    raised('a1', 'Exemple, Claire', { verified: false, flags: ['late'] })
    raised('a2', 'Voorbeeld, Anna')
    raised('a3', 'Voorbeeld, Els', { purpose: 'test' })
    acknowledged('a2', 'Operator One')
    await tick()
    expect(await violations()).toEqual([])
  })
})

it('arrow keys walk the queue', async () => {
  raised('a1', 'Exemple, Claire')
  raised('a2', 'Voorbeeld, Anna')
  row(/Claire/).focus()
  await user.keyboard('{ArrowDown}')
  expect(document.activeElement).toBe(row(/Anna/))
  expect(row(/Anna/).getAttribute('aria-current')).toBe('true')
})
