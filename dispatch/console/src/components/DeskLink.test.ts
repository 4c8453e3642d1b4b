import { screen } from '@testing-library/svelte'
import { flushSync, tick } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import { anAlarm } from '../../tests/cases'
import {
  world,
  desk,
  sequence,
  user,
  says,
  happens,
  raised,
  acknowledged,
  row,
  OPERATOR,
  violations,
} from '../../tests/whole_desk'

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

it('reports no more alarms as drawn at once than the gateway takes of a console, the newest first', async () => {
  const reported = () => world.socket.sent.filter(({ type }) => type === 'delivered')
  const alarms = Array.from({ length: 250 }, (_, n) => ({
    ...anAlarm(),
    alarm_id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    raised_at: new Date(Date.parse('2026-03-02T10:00:00Z') + n).toISOString(),
  }))
  says({ type: 'reset', centre: 'BE-VOV', reason: 'expired' })
  says({ type: 'snapshot', cursor: 'e1:9', alarms })
  await vi.waitFor(() => expect(reported()).toHaveLength(100))
  expect(reported().map((frame) => 'alarm_id' in frame && frame.alarm_id)).toContain(alarms[249]!.alarm_id)
  for (let halfSeconds = 0; halfSeconds < 20; halfSeconds++) {
    world.passes(0.5)
    says({ type: 'heartbeat', heads: {} })
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  }
  await vi.waitFor(() => expect(reported()).toHaveLength(250))
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
