import axe from 'axe-core'
import { render, screen, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync, tick } from 'svelte'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { anAlarm, longId } from '../../tests/cases'
import { FakeWorld } from '../../tests/world'
import { Console } from '../lib/console.svelte'
import Desk from './Desk.svelte'

let world: FakeWorld
let desk: Console
let sequence: number
const user = userEvent.setup()

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

const OPERATOR = '00000000-0000-4000-8000-0000000000f1' // of frames.json: another would begin anew
const SOON = '2026-03-02T10:00:00Z'
const COERCED = { at: SOON, coerced: true, word: 'duress', count: 1 }

function since(): HTMLElement {
  return screen.getByRole('region', { name: 'What happened since' })
}

function urgent(): string {
  return screen
    .getAllByRole('alert')
    .map(({ textContent }) => textContent?.trim())
    .join('')
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

  it('says that a position is stale after 30 s, and when there is none', async () => {
    raised('a1', 'Voorbeeld, Anna')
    await screen.findByRole('region', { name: 'Position' })
    expect(screen.queryByText('Position stale')).toBeNull()
    world.passes(5)
    says({ type: 'heartbeat', server_time: '2026-03-02T10:00:40Z' })
    expect(screen.getByText('Position stale')).toBeTruthy()
    happens('alarm.pressed_again', { alarm_id: 'a1', version: 2, positions: [] })
    expect(screen.getByText('No position')).toBeTruthy()
  })

  it('is shown whole where two things are called alike', async () => {
    const unit = { status: 'dispatched', eta_s: null, taken_away: false, name: 'ALPHA 1' }
    const sent = {
      ...unit,
      assigned_at: SOON,
      assigned_by: { operator_id: longId('f1'), name: 'One' },
      status_at: SOON,
    }
    raised('a1', 'Voorbeeld, Anna', {
      flags: ['dropped:x:1', 'dropped:x:2'],
      units: [
        { ...sent, unit_id: longId('d1'), centre: 'BE-VOV' },
        { ...sent, unit_id: longId('d2'), centre: 'BE-WHT' },
      ],
    })
    expect(screen.getAllByText(/unreadable and left out: x/)).toHaveLength(2)
    desk.view = 'wall'
    const wall = await screen.findByRole('region', { name: 'Wall display' })
    expect(within(wall).getAllByText('ALPHA 1')).toHaveLength(2)
  })

  it('is reported delivered once it is painted', async () => {
    raised('a1', 'Voorbeeld, Anna')
    const reported = () => world.socket.sent.filter(({ type }) => type === 'delivered')
    expect(reported()).toEqual([])
    await vi.waitFor(() => expect(reported()).toHaveLength(1))
    expect(reported()[0]).toMatchObject({ alarm_id: longId('a1'), sequence: 1, centre: 'BE-VOV' })
  })

  it('is reported delivered only where it is drawn: not for the view beside it, nor beyond the wall’s rows', async () => {
    const reported = () =>
      world.socket.sent.flatMap((frame) => (frame.type === 'delivered' ? [frame.alarm_id] : []))
    desk.view = 'history'
    raised('a1', 'Voorbeeld, Anna')
    raised('a2', 'Exemple, Claire')
    await vi.waitFor(() => expect(reported()).toEqual([longId('a1')])) // which the banner shows
    desk.view = 'wall'
    for (const nth of [3, 4, 5, 6, 7, 8]) raised(`a${nth}`, 'Voorbeeld, Zoë')
    await screen.findByRole('region', { name: 'Wall display' })
    await vi.waitFor(() => {
      world.passes(0.5)
      expect(reported()).toHaveLength(6)
    })
    expect(reported()).not.toContain(longId('a7'))
    desk.view = 'alarms'
    await vi.waitFor(() => {
      world.passes(0.5)
      expect(reported()).toHaveLength(8)
    })
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

  it('asks anew for an alarm that lapsed after a request that nobody answered', async () => {
    const requests = () =>
      world.socket.sent.flatMap((frame) => (frame.type === 'acknowledge' ? [frame.request_id] : []))
    raised('a1', 'Voorbeeld, Anna')
    await user.keyboard('{F2}')
    acknowledged('a1', 'Operator One') // the answer itself is lost
    for (let waited = 0; waited < 12; waited += 2) {
      world.passes(2)
      says({ type: 'heartbeat', heads: {} })
    }
    happens('alarm.acknowledgement_lapsed', { alarm_id: 'a1', state: 'raised', version: 3, lapses: 1 })
    await user.keyboard('{F2}')
    expect(new Set(requests()).size).toBe(2)
  })

  it('takes nothing on the wall display, at which nobody sits', async () => {
    raised('a1', 'Voorbeeld, Anna')
    desk.view = 'wall'
    await screen.findByRole('region', { name: 'Wall display' })
    await user.keyboard('{F2}')
    expect(asked()).toEqual([])
    world.passes(0.6)
    expect(world.socket.sent.findLast(({ type }) => type === 'condition')).toMatchObject({ wall: true })
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
  it('hides canaries: no row, no news, nothing to acknowledge', () => {
    raised('a1', 'CANARY', { purpose: 'canary' })
    happens('alarm.acknowledged', { alarm_id: 'a1', version: 2, purpose: 'canary', state: 'acknowledged' })
    expect(screen.queryByText(/CANARY/i)).toBeNull()
    expect(desk.next).toBeUndefined()
    expect(desk.news?.text ?? '').not.toMatch(/canary/i)
  })

  it('in a test window says to call her, not that nobody is in danger', async () => {
    raised('a1', 'Voorbeeld, Anna', { purpose: 'test', test_until: '2026-03-02T10:15:00Z' })
    await user.click(row(/Anna/))
    expect(screen.getByText(/^Test window.*Call her\./)).toBeTruthy()
    expect(screen.queryByText(/Nobody is in danger/)).toBeNull()
  })

  it.each(['test', 'exercise'])('never looks like an alarm: %s', (purpose) => {
    raised('a1', 'Voorbeeld, Anna', { purpose })
    expect(screen.queryByRole('region', { name: 'Stalking alarm' })).toBeNull()
    expect(screen.getByText('No unanswered alarm')).toBeTruthy()
    const said = screen.getAllByRole('alert').map(({ textContent }) => textContent?.trim())
    expect(said.join('')).toBe('')
    expect(row(/Anna/).className).toContain('apart')
  })
})

describe('what is not real', () => {
  it.each(['test', 'exercise'])('bears its word and stands in a queue of its own: %s', (purpose) => {
    raised('a1', 'Voorbeeld, Anna')
    raised('a2', 'Exemple, Claire', { purpose })
    const word = { test: 'Test', exercise: 'Exercise' }[purpose]!
    const apart = screen.getByRole('list', { name: /Tests and exercises/ })
    expect(within(apart).getAllByRole('button')).toHaveLength(1)
    expect(apart.querySelector('.watermark')?.textContent).toBe(word)
    row(/Claire/).click()
    flushSync()
    const detail = screen.getByRole('region', { name: 'Alarm' })
    expect(detail.querySelector<HTMLElement>('.watermark')?.dataset['word']).toBe(word)
  })

  it('is never news of urgency, whatever happens to it', () => {
    raised('a2', 'Exemple, Claire', { purpose: 'exercise' })
    happens('alarm.pressed_again', { alarm_id: 'a2', version: 2, purpose: 'exercise' })
    happens('alarm.cancel_requested', { alarm_id: 'a2', version: 3, purpose: 'exercise', cancel: COERCED })
    expect(urgent()).toBe('')
    expect(screen.queryByText('Cancel under coercion')).toBeNull()
    expect(screen.getByText(/asked to cancel, with her duress word/)).toBeTruthy()
  })
})

describe('what happened since', () => {
  it('an escalated, shared and transferred alarm says so', () => {
    raised('a1', 'Voorbeeld, Anna', {
      escalation: { level: 3, step: 'neighbour', reason: 'unanswered', at: SOON, to: ['BE-VAN'] },
      shared: [
        { centre: 'BE-VAN', reason: 'escalated', since: SOON },
        { centre: 'BE-VOV', reason: 'transferred', since: SOON },
      ],
      crossed_to: 'BE-VAN',
      lapses: 1,
    })
    const lines = within(since()).getAllByRole('listitem')
    expect(lines.map(({ textContent }) => textContent?.replace(/\d+ s ago/, 'now'))).toEqual([
      'Escalated to level 3, as nobody answered: a neighbouring centre was told now.',
      'Unanswered again: it was acknowledged and no unit was sent.',
      'Transferred by East Flanders (BE-VOV) now.',
      'Also: Antwerp (BE-VAN).',
      'She is in the area of Antwerp (BE-VAN) now.',
    ])
  })

  it('units are shown with their status, and notes with who wrote them', () => {
    const by = { operator_id: longId('d4'), name: 'Operator One', centre: 'BE-VOV' }
    const unit = { unit_id: 'd1', centre: 'BE-VOV', name: 'ALPHA 1', assigned_at: SOON, assigned_by: by }
    raised('a1', 'Voorbeeld, Anna', {
      units: [
        { ...unit, status: 'en_route', status_at: SOON, eta_s: 290 },
        { ...unit, status: 'cleared', status_at: SOON, eta_s: 60 },
        { ...unit, status: 'cleared', status_at: SOON, eta_s: null, taken_away: true },
      ],
      notes: [{ at: SOON, by, text: 'No answer.', about: 'alarm.noted' }],
    })
    const lines = within(since())
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent)
    expect(lines[0]).toMatch(/^ALPHA 1: on its way \(\d+ s ago\), expected within 5 min$/)
    expect(lines[1]).toMatch(/^ALPHA 1: free again \(\d+ s ago\)$/)
    expect(lines[2]).toMatch(/^ALPHA 1: taken away for another alarm/)
    expect(lines[3]).toMatch(/Operator One:\s+No answer\./)
  })

  it('an alarm of which there is nothing to say has no such part', () => {
    raised('a1', 'Voorbeeld, Anna')
    expect(screen.queryByRole('region', { name: 'What happened since' })).toBeNull()
  })

  it('a cancel under coercion is loud, in the list too, and urgent news', () => {
    raised('a1', 'Voorbeeld, Anna')
    happens('alarm.cancel_requested', { alarm_id: 'a1', version: 2, cancel: COERCED })
    expect(screen.getByText('Nothing is lowered.', { exact: false })).toBeTruthy()
    expect(row(/Cancel under coercion/)).toBeTruthy()
    expect(urgent()).toMatch(/^Cancel under coercion:/)
  })

  it('a cancel with her safe word lowers nothing either, and is not loud', () => {
    raised('a1', 'Voorbeeld, Anna')
    happens('alarm.cancel_requested', {
      alarm_id: 'a1',
      version: 2,
      cancel: { at: SOON, coerced: false, word: 'safe', count: 1 },
    })
    expect(screen.getByText(/safe word. The alarm goes on/)).toBeTruthy()
    expect(screen.queryByText('Cancel under coercion')).toBeNull()
  })
})

describe('a position told since the press', () => {
  const told = (latitude: number, fixed_at: string, flags: string[] = []) =>
    says({ type: 'position', position: { latitude, fixed_at }, flags })

  it('takes the place of the one that came with it, with its own age and what is odd about it', async () => {
    raised('a1', 'Voorbeeld, Anna', { positions: [] })
    expect(await screen.findByText('No position')).toBeTruthy()
    says({ type: 'heartbeat', server_time: '2026-03-02T10:00:20Z' })
    told(51.2, '2026-03-02T10:00:12Z', ['jump', 'moon_full'])
    expect(screen.getByText('51.20000, 3.71890')).toBeTruthy()
    expect(screen.getByText('8 s old')).toBeTruthy()
    expect(screen.getByText(/too far from the one before/)).toBeTruthy()
    expect(screen.getByText('moon_full')).toBeTruthy()
    told(51.3, '2026-03-02T10:00:11Z')
    expect(screen.queryByText('51.30000, 3.71890')).toBeNull()
  })

  it('gives way to a newer one of a further press', async () => {
    raised('a1', 'Voorbeeld, Anna')
    await screen.findByRole('region', { name: 'Position' })
    told(51.2, '2026-03-02T10:00:12Z')
    expect(screen.getByText('51.20000, 3.71890')).toBeTruthy()
    const position = { ...anAlarm().positions[0]!, latitude: 51.4, fixed_at: '2026-03-02T10:00:15Z' }
    happens('alarm.pressed_again', { alarm_id: 'a1', version: 2, positions: [position] })
    expect(screen.getByText('51.40000, 3.71740')).toBeTruthy()
  })
})

it('an alarm that two centres tell is shown and said once', () => {
  const operator = {
    operator_id: OPERATOR,
    name: 'One',
    roles: ['operator'],
    centres: ['BE-VOV', 'BE-VAN'],
  }
  world.socket.drops()
  world.passes(0)
  says({ type: 'welcome', operator })
  says({ type: 'caught_up', cursor: 'e1:0' })
  says({ type: 'snapshot', cursor: 'e1:0', centre: 'BE-VAN' })
  says({ type: 'caught_up', cursor: 'e1:0', centre: 'BE-VAN' })
  raised('a1', 'Voorbeeld, Anna')
  const said = desk.news?.id
  expect(desk.news?.text).toMatch(/^New: Stalking alarm/)
  says({ type: 'event', cursor: 'e1:1', centre: 'BE-VAN', kind: 'alarm.raised', alarm: { alarm_id: 'a1' } })
  expect(desk.news?.id).toBe(said)
  expect(screen.getAllByRole('button', { name: /Unanswered/ })).toHaveLength(1)
})

describe('the link', () => {
  it('that is silent for 6 s is said in words, with the time of the picture', () => {
    world.passes(6.6)
    flushSync()
    expect(
      screen.getByText(/Nothing heard from the gateway. What you see is as of \d\d:\d\d:\d\d/),
    ).toBeTruthy()
  })

  it('that is silent is said although something fails meanwhile', () => {
    vi.spyOn(world.station, 'visible').mockImplementationOnce(() => {
      throw new Error('of the browser')
    })
    expect(() => world.passes(0.6)).toThrow('of the browser')
    world.passes(6)
    flushSync()
    expect(screen.getByText(/Nothing heard from the gateway/)).toBeTruthy()
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
    expect(
      screen.getByText(/^Link restored after \d+ s\. East Flanders: caught up, 1 event replayed\.$/),
    ).toBeTruthy()
  })

  it('that was superseded offers to use this console again', async () => {
    world.socket.drops(4409)
    flushSync()
    await user.click(screen.getByRole('button', { name: 'Use it here' }))
    expect(world.sockets).toHaveLength(2)
  })
})

describe('whose session, role or centres are gone', () => {
  it.each([
    [4401, 'Your session has ended.'],
    [4403, 'Your role or your centres give no access to these alarms.'],
  ])('with %i sees nothing of a victim any more, and is told why', async (code, words) => {
    raised('a1', 'Voorbeeld, Anna')
    expect(document.body.textContent).toContain('Voorbeeld, Anna')
    world.socket.drops(code)
    flushSync()
    world.passes(60)
    flushSync()
    expect(document.body.textContent).not.toContain('Voorbeeld')
    expect(screen.getByRole('alert').textContent).toBe(words)
    expect(screen.getByRole('button', { name: 'Sign in again' })).toBeTruthy()
    expect(screen.queryByText('No unanswered alarm')).toBeNull()
    expect(world.station.sounding, 'no siren of alarms that are not hers').toEqual(['lost'])
    expect(world.sockets).toHaveLength(1)
    expect(await violations()).toEqual([])
  })

  it('with 1012 is back at once, without the alarms of a centre that is not hers any more', () => {
    raised('a1', 'Voorbeeld, Anna')
    world.socket.drops(1012)
    world.passes(0)
    expect(world.sockets).toHaveLength(2)
    const operator = { operator_id: OPERATOR, name: 'One', roles: ['operator'], centres: ['BE-VAN'] }
    says({ type: 'welcome', operator })
    expect(document.body.textContent).not.toContain('Voorbeeld')
    const attached = world.socket.sent.flatMap((frame) => (frame.type === 'attach' ? [frame.centres] : []))
    expect(attached).toEqual([['BE-VAN']])
  })

  it('with 1012 has nothing left of an alarm that was closed there', async () => {
    raised('a1', 'Voorbeeld, Anna')
    await user.click(row(/Anna/))
    happens('alarm.closed', { alarm_id: 'a1', state: 'closed', version: 2 })
    await screen.findByRole('region', { name: 'Closed' })
    world.socket.drops(1012)
    world.passes(0)
    const operator = { operator_id: OPERATOR, name: 'One', roles: ['operator'], centres: ['BE-VAN'] }
    says({ type: 'welcome', operator })
    expect(screen.queryByRole('region', { name: 'Closed' })).toBeNull()
    expect(document.body.textContent).not.toContain('Voorbeeld')
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
