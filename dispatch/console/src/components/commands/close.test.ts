import { screen, within } from '@testing-library/svelte'
import { tick } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { longId } from '../../../tests/cases'
import { held, TestDesk } from '../../../tests/desk'

let dispatcher: TestDesk

beforeEach(() => {
  const alarms = [held('a1', 'Voorbeeld, Anna'), held('a2', 'Exemple, Claire')]
  dispatcher = TestDesk.opened({ alarms })
  dispatcher.row(/Anna/).click()
})

async function opened(key: string, title: string): Promise<HTMLElement> {
  await dispatcher.user.keyboard(key)
  return screen.findByRole('form', { name: title })
}

function value(name: RegExp | string): string {
  return (dispatcher.field(name) as HTMLTextAreaElement).value
}

describe('closing', () => {
  async function filled(outcome: RegExp, note: string): Promise<HTMLElement> {
    const form = await opened('{F9}', 'Close the alarm')
    await dispatcher.user.click(within(form).getByRole('radio', { name: outcome }))
    await dispatcher.user.type(dispatcher.field('What happened'), note)
    return form
  }

  it('needs an outcome and a note: each says so beside itself, and the first gets the focus', async () => {
    const form = await opened('{F9}', 'Close the alarm')
    await dispatcher.user.keyboard('{Enter}')
    await tick()
    const group = within(form).getByRole('radiogroup')
    expect(group.getAttribute('aria-describedby')).toBe(screen.getByText('Choose how it ended.').id)
    expect(document.activeElement).toBe(within(form).getAllByRole('radio')[0])
    expect(dispatcher.field('What happened').getAttribute('aria-invalid')).toBe('true')
    await dispatcher.user.click(within(form).getByRole('radio', { name: /^Arrest/ }))
    await dispatcher.user.keyboard('{Enter}')
    await tick()
    expect(document.activeElement).toBe(dispatcher.field('What happened'))
    expect(dispatcher.sent('close')).toEqual([])
  })

  it('has the nine outcomes in two groups, each with what it means, and says when a second look follows', async () => {
    const form = await opened('{F9}', 'Close the alarm')
    const genuine = within(within(form).getByRole('group', { name: 'She was in danger' }))
    const noise = within(within(form).getByRole('group', { name: 'No danger' }))
    expect(genuine.getAllByRole('radio')).toHaveLength(4)
    expect(noise.getAllByRole('radio')).toHaveLength(5)
    await dispatcher.user.click(genuine.getByRole('radio', { name: /Arrest The offender was arrested/ }))
    expect(screen.queryByText(/second look follows/)).toBeNull()
    await dispatcher.user.click(noise.getByRole('radio', { name: /^Slip/ }))
    expect(within(form).getByText('A supervisor’s second look follows.')).toBeTruthy()
  })

  it('is about what was seen when it was begun: what she did since is refused, nothing typed is lost', async () => {
    const form = await filled(/^Slip/, 'By accident.')
    dispatcher.happens(
      'alarm.pressed_again',
      held('a1', 'Voorbeeld, Anna', { version: 3, news_version: 3, press_count: 2 }),
    )
    expect(
      within(form).getByText(/She pressed again, or asked to cancel, since you opened this/),
    ).toBeTruthy()
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('close')).toMatchObject([
      { outcome: 'slip', note: 'By accident.', expected_version: 2 },
    ])
    dispatcher.refuses('close', 'stale-version')
    expect(within(form).getByText(/Not done. She pressed again.*look first, then close again/)).toBeTruthy()
    expect(value('What happened')).toBe('By accident.')
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('close')[1]).toMatchObject({ note: 'By accident.', expected_version: 3 })
  })

  it('stays on the screen, in words, with what can still be done, and selects nothing else', async () => {
    await filled(/^Slip/, 'By accident.')
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.row(/Anna/)).toBeTruthy()
    const closure = {
      at: '2026-03-02T10:09:00Z',
      by: null,
      outcome: 'slip',
      needs_second_look: true,
      reviewed_by: null,
      reviewed_at: null,
    }
    dispatcher.happens(
      'alarm.closed',
      held('a1', 'Voorbeeld, Anna', {
        state: 'closed',
        version: 3,
        closure: {
          ...closure,
          by: { operator_id: '00000000-0000-4000-8000-0000000000f1', name: 'Operator One', centre: 'BE-VOV' },
        },
      }),
    )
    dispatcher.answers('close')
    const ended = await screen.findByRole('region', { name: 'Closed' })
    expect(ended.textContent).toContain(
      'Voorbeeld, Anna: closed by Operator One. Slip. A supervisor’s second look follows.',
    )
    expect(document.activeElement).toBe(ended)
    expect(dispatcher.row(/Claire/).getAttribute('aria-current')).toBe('false')
    dispatcher.happens('alarm.raised', held('a3', 'Model, Els', { state: 'raised', version: 1 }))
    expect(dispatcher.row(/Els/).getAttribute('aria-current')).toBe('false')
    await dispatcher.user.click(within(ended).getByRole('button', { name: 'Reopen' }))
    await dispatcher.user.keyboard('She called: it was no slip.{Enter}')
    expect(dispatcher.sent('reopen')).toMatchObject([
      { alarm_id: longId('a1'), note: 'She called: it was no slip.' },
    ])
    dispatcher.happens(
      'alarm.reopened',
      held('a1', 'Voorbeeld, Anna', { state: 'raised', version: 4, reopened: 1 }),
    )
    expect(dispatcher.row(/Anna/).getAttribute('aria-current')).toBe('true')
  })

  it('by somebody else while one types: what was typed can still be noted', async () => {
    await filled(/^Arrest/, 'He is in custody.')
    const closure = {
      at: '2026-03-02T10:09:00Z',
      by: { operator_id: longId('d9'), name: 'Operator Two', centre: 'BE-VOV' },
      outcome: 'arrest',
      needs_second_look: false,
      reviewed_by: null,
      reviewed_at: null,
    }
    dispatcher.happens(
      'alarm.closed',
      held('a1', 'Voorbeeld, Anna', { state: 'closed', version: 3, closure }),
    )
    const ended = await screen.findByRole('region', { name: 'Closed' })
    expect(ended.textContent).toContain('closed by Operator Two. Arrest.')
    await dispatcher.user.click(within(ended).getByRole('button', { name: 'Note' }))
    expect(value('Note')).toBe('He is in custody.')
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('note')).toMatchObject([{ alarm_id: longId('a1'), text: 'He is in custody.' }])
  })
})

it('the second look is a supervisor’s who did not close it', async () => {
  const closure = {
    at: '2026-03-02T10:09:00Z',
    by: { operator_id: longId('d9'), name: 'Operator Two', centre: 'BE-VOV' },
    outcome: 'slip',
    needs_second_look: true,
    reviewed_by: null,
    reviewed_at: null,
  }
  dispatcher.happens('alarm.closed', held('a1', 'Voorbeeld, Anna', { state: 'closed', version: 3, closure }))
  expect(await screen.findByText(/It waits for the second look of a supervisor/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Second look/ })).toBeNull()
  dispatcher.breaks()
  dispatcher.passes(0)
  dispatcher.returns({ roles: ['operator', 'supervisor'] })
  await dispatcher.user.click(await screen.findByRole('button', { name: 'Second look: agree' }))
  await dispatcher.user.keyboard('{Enter}')
  expect(dispatcher.sent('review')).toMatchObject([
    { alarm_id: longId('a1'), expected_version: 3, note: null },
  ])
})
