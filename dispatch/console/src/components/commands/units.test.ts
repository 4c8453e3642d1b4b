import { screen, within } from '@testing-library/svelte'
import { tick } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { longId } from '../../../tests/cases'
import { held, sentUnit, TestDesk } from '../../../tests/desk'

const UNITS = [
  { unit_id: 'd1', name: 'ALPHA 1', alarm_id: 'a2', status: 'on_scene' },
  { unit_id: 'd2', name: 'ALPHA 2' },
  { unit_id: 'd3', name: 'BRAVO 1' },
]

let dispatcher: TestDesk

beforeEach(() => {
  const alarms = [
    held('a1', 'Voorbeeld, Anna', { lapses_at: '2026-03-02T10:00:42Z' }),
    held('a2', 'Exemple, Claire', { units: [sentUnit({ status: 'on_scene' })] }),
  ]
  dispatcher = TestDesk.opened({ alarms, units: UNITS })
  dispatcher.row(/Anna/).click()
})

async function opened(): Promise<HTMLElement> {
  await dispatcher.user.keyboard('{F4}')
  return screen.findByRole('form', { name: 'Send a unit' })
}

describe('sending a unit', () => {
  it('is opened by its key, offers the free ones first, and takes the focus to the first', async () => {
    const form = await opened()
    const units = within(form).getAllByRole('radio')
    expect(units.map((each) => each.closest('label')?.textContent?.trim())).toEqual([
      'ALPHA 2 free',
      'BRAVO 1 free',
      'ALPHA 1 with Exemple, Claire',
    ])
    expect(document.activeElement).toBe(units[0])
    expect(units.some((each) => (each as HTMLInputElement).checked)).toBe(false)
  })

  it('asks with the minutes as seconds, shows no unit before the gateway has sent it, and gives the focus back', async () => {
    const form = await opened()
    await dispatcher.user.click(within(form).getByRole('radio', { name: /BRAVO 1/ }))
    await dispatcher.user.type(dispatcher.field('There within (minutes)'), '6{Enter}')
    expect(dispatcher.sent('assign')).toMatchObject([
      { alarm_id: longId('a1'), unit_id: longId('d3'), eta_s: 360, force: false, expected_version: 2 },
    ])
    expect(dispatcher.button(/Asking …/)).toBeTruthy()
    expect(screen.queryByRole('list', { name: 'Units under way' })).toBeNull()
    const bravo = sentUnit({ unit_id: 'd3', name: 'BRAVO 1', eta_s: 360 })
    dispatcher.happens('alarm.unit_assigned', held('a1', 'Voorbeeld, Anna', { version: 3, units: [bravo] }))
    dispatcher.answers('assign')
    await tick()
    expect(screen.queryByRole('form')).toBeNull()
    expect(document.activeElement).toBe(dispatcher.button(/Send a unit/))
    expect(screen.getByRole('list', { name: 'Units under way' }).textContent).toContain(
      'expected within 6 min',
    )
    expect(screen.getByText('BRAVO 1 is sent to Voorbeeld, Anna.')).toBeTruthy()
  })

  it('takes a busy one away only where that was said', async () => {
    const form = await opened()
    await dispatcher.user.click(within(form).getByRole('radio', { name: /ALPHA 1/ }))
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('assign')).toEqual([])
    const sure = within(form).getByRole('checkbox', { name: 'Take ALPHA 1 away from Exemple, Claire' })
    await tick()
    expect(document.activeElement).toBe(sure)
    expect(screen.getByText(/This unit has another alarm/).id).toBe(sure.getAttribute('aria-describedby'))
    await dispatcher.user.click(sure)
    await dispatcher.user.click(dispatcher.button(/Take away and send/))
    expect(dispatcher.sent('assign')).toMatchObject([{ unit_id: longId('d1'), force: true }])
  })

  it('that was chosen while free and taken meanwhile says so in words, and keeps what was typed', async () => {
    const form = await opened()
    await dispatcher.user.click(within(form).getByRole('radio', { name: /ALPHA 2/ }))
    await dispatcher.user.type(dispatcher.field(/minutes/), '4{Enter}')
    dispatcher.refuses('assign', 'unit-taken')
    expect(within(form).getByText('Not done. The unit is assigned to another open alarm.')).toBeTruthy()
    expect((dispatcher.field(/minutes/) as HTMLInputElement).value).toBe('4')
    expect((within(form).getByRole('radio', { name: /ALPHA 2/ }) as HTMLInputElement).checked).toBe(true)
  })

  it('needs a unit and whole minutes, and says which beside the field that gets the focus', async () => {
    const form = await opened()
    await dispatcher.user.type(dispatcher.field(/minutes/), 'soon{Enter}')
    await tick()
    const group = within(form).getByRole('radiogroup')
    expect(group.getAttribute('aria-describedby')).toBe(screen.getByText('Choose a unit.').id)
    expect(document.activeElement).toBe(within(form).getAllByRole('radio')[0])
    await dispatcher.user.click(within(form).getByRole('radio', { name: /ALPHA 2/ }))
    await dispatcher.user.keyboard('{Enter}')
    await tick()
    expect(document.activeElement).toBe(dispatcher.field(/minutes/))
    expect(dispatcher.field(/minutes/).getAttribute('aria-invalid')).toBe('true')
    expect(dispatcher.sent('assign')).toEqual([])
  })

  it('is for an alarm that somebody has: else the key says to take it first', async () => {
    dispatcher.happens(
      'alarm.acknowledgement_lapsed',
      held('a1', 'Voorbeeld, Anna', { state: 'raised', version: 3, lapses: 1 }),
    )
    await dispatcher.user.keyboard('{F4}')
    expect(screen.getByText('Take it first (F2).')).toBeTruthy()
    expect(screen.queryByRole('form')).toBeNull()
  })
})

describe('an acknowledgement without a unit', () => {
  it('counts down in words to when it falls back, and says so when it has', () => {
    expect(screen.getByText('Falls back to unanswered in 42 s: send a unit.')).toBeTruthy()
    dispatcher.says({ type: 'heartbeat', server_time: '2026-03-02T10:00:40Z' })
    expect(screen.getByText('Falls back to unanswered in 2 s: send a unit.')).toBeTruthy()
    dispatcher.happens(
      'alarm.acknowledgement_lapsed',
      held('a1', 'Voorbeeld, Anna', { state: 'raised', version: 3, lapses: 1, lapses_at: null }),
    )
    const panel = screen.getByRole('region', { name: 'Commands' })
    expect(within(panel).getByText('Unanswered again: it was taken and no unit was sent.')).toBeTruthy()
    expect(
      screen.getByText('Unanswered again: Voorbeeld, Anna. No unit was sent.').getAttribute('role'),
    ).toBe('alert')
  })
})

describe('the status of a unit', () => {
  beforeEach(() => {
    const units = [
      sentUnit({ unit_id: 'd3', name: 'BRAVO 1', eta_s: 300 }),
      sentUnit({ unit_id: 'd4', name: 'CHARLIE 1' }),
    ]
    dispatcher.happens(
      'alarm.unit_assigned',
      held('a1', 'Voorbeeld, Anna', { version: 3, units, lapses_at: null }),
    )
  })

  it('is said with its key and Enter: the focus is on what comes next', async () => {
    await dispatcher.user.keyboard('{Shift>}{F4}{/Shift}')
    expect(document.activeElement).toBe(
      within(screen.getByRole('group', { name: 'BRAVO 1' })).getByRole('button', { name: 'On its way' }),
    )
    dispatcher.says({ type: 'heartbeat', server_time: '2026-03-02T10:01:40Z' })
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('unit_status')).toMatchObject([
      { unit_id: longId('d3'), status: 'en_route', eta_s: 200 },
    ])
    expect(
      within(screen.getByRole('group', { name: 'BRAVO 1' })).getByRole('button', { pressed: true })
        .textContent,
    ).toContain('Sent')
  })

  it('is walked by the arrow keys, from button to button and from unit to unit', async () => {
    const focused = () =>
      `${document.activeElement?.closest('[role=group]')?.getAttribute('aria-label')} ${document.activeElement?.textContent?.trim()}`
    await dispatcher.user.keyboard('{Shift>}{F4}{/Shift}{ArrowRight}')
    expect(focused()).toBe('BRAVO 1 On the spot')
    await dispatcher.user.keyboard('{ArrowDown}')
    expect(focused()).toBe('CHARLIE 1 On the spot')
    await dispatcher.user.keyboard('{ArrowLeft}{ArrowUp}')
    expect(focused()).toBe('BRAVO 1 On its way')
  })

  it('asks once until it is answered, and says a refusal beside the unit', async () => {
    const bravo = within(screen.getByRole('group', { name: 'BRAVO 1' }))
    await dispatcher.user.click(bravo.getByRole('button', { name: 'On the spot' }))
    await dispatcher.user.click(bravo.getByRole('button', { name: 'On the spot' }))
    expect(dispatcher.sent('unit_status')).toHaveLength(1)
    dispatcher.refuses('unit_status', 'not-allowed-now')
    expect(screen.getByText('Not done. The alarm does not allow that now.')).toBeTruthy()
  })
})
