import { screen, within } from '@testing-library/svelte'
import { flushSync, tick } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import { longId } from '../../tests/cases'
import {
  world,
  desk,
  user,
  says,
  happens,
  raised,
  acknowledged,
  row,
  banner,
  asked,
  SOON,
  COERCED,
  since,
  urgent,
} from '../../tests/whole_desk'

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
