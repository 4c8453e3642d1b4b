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

describe('a note', () => {
  it('is written with Enter; Shift+Enter is a new line; the draft goes when it is done', async () => {
    await opened('{F8}', 'Write a note')
    expect(document.activeElement).toBe(dispatcher.field('Note'))
    await dispatcher.user.keyboard('She called back{Shift>}{Enter}{/Shift}twice{Enter}')
    expect(dispatcher.sent('note')).toMatchObject([
      { alarm_id: longId('a1'), text: 'She called back\ntwice' },
    ])
    expect(value('Note')).toBe('She called back\ntwice')
    dispatcher.answers('note')
    await tick()
    expect(screen.queryByRole('form')).toBeNull()
    expect(screen.getByText('Noted with Voorbeeld, Anna.').getAttribute('role')).toBe('status')
    await opened('{F8}', 'Write a note')
    expect(value('Note')).toBe('')
  })

  it('that is empty is not sent, and says so beside the field that has the focus', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('  {Enter}')
    await tick()
    const error = screen.getByText('Write a note.')
    expect(dispatcher.field('Note').getAttribute('aria-describedby')).toBe(error.id)
    expect(document.activeElement).toBe(dispatcher.field('Note'))
    expect(dispatcher.sent('note')).toEqual([])
  })

  it('that nobody answered is unknown, and asked again as the same request; another text is another', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('once{Enter}')
    dispatcher.lives(10.5)
    expect(screen.getByText(/No answer from the gateway: it may or may not be done/)).toBeTruthy()
    await dispatcher.user.click(dispatcher.button(/Ask again/))
    const [first, again] = dispatcher.sent('note')
    expect(again).toEqual(first)
    dispatcher.lives(10.5)
    await dispatcher.user.type(dispatcher.field('Note'), ' more{Enter}')
    expect(dispatcher.sent('note')[2]).toMatchObject({ text: 'once more' })
    expect(dispatcher.sent('note')[2]?.request_id).not.toBe(first?.request_id)
  })

  it('is put away by Escape with what is in it, and the focus goes back to its button', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('half{Escape}')
    await tick()
    expect(screen.queryByRole('form')).toBeNull()
    expect(document.activeElement).toBe(dispatcher.button(/^Note/))
    await opened('{F8}', 'Write a note')
    expect(value('Note')).toBe('half')
  })
})

describe('half-typed input', () => {
  it('belongs to its alarm: choosing another and coming back keeps each', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('for Anna')
    await dispatcher.user.click(dispatcher.row(/Claire/))
    expect(screen.queryByRole('form')).toBeNull()
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('for Claire')
    await dispatcher.user.click(dispatcher.row(/Anna/))
    await screen.findByRole('form', { name: 'Write a note' })
    expect(value('Note')).toBe('for Anna')
    expect(document.activeElement).toBe(dispatcher.row(/Anna/))
    await dispatcher.user.click(dispatcher.row(/Claire/))
    await screen.findByRole('form', { name: 'Write a note' })
    expect(value('Note')).toBe('for Claire')
  })

  it('stays where it is, with the focus, when another alarm comes', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('for An')
    const field = dispatcher.field('Note')
    dispatcher.happens('alarm.raised', held('a3', 'Model, Els', { state: 'raised', version: 1 }))
    await dispatcher.user.keyboard('na')
    expect(document.activeElement).toBe(field)
    expect(value('Note')).toBe('for Anna')
    expect(dispatcher.row(/Anna/).getAttribute('aria-current')).toBe('true')
  })

  it('outlives a lost link and a snapshot; meanwhile the form says that nothing can be asked', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('for Anna')
    dispatcher.breaks()
    expect(screen.getByText('No link: this cannot be asked now. What you typed is kept.')).toBeTruthy()
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('note')).toEqual([])
    dispatcher.passes(0)
    dispatcher.says({ type: 'welcome' })
    dispatcher.says({ type: 'reset', reason: 'epoch_changed' })
    dispatcher.says({
      type: 'snapshot',
      cursor: 'e2:7',
      alarms: [held('a1', 'Voorbeeld, Anna')],
      reason: 'epoch_changed',
    })
    dispatcher.says({ type: 'caught_up', cursor: 'e2:7' })
    expect(value('Note')).toBe('for Anna')
    await dispatcher.user.type(dispatcher.field('Note'), '{Enter}')
    expect(dispatcher.sent('note')).toMatchObject([{ text: 'for Anna' }])
  })

  it('is gone when somebody else signs in, and nothing of it is kept on the workstation', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('for Anna')
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('for Anna')
    dispatcher.breaks()
    dispatcher.passes(0)
    dispatcher.says({
      type: 'welcome',
      operator: { operator_id: longId('d9'), name: 'Two', roles: ['operator'], centres: ['BE-VOV'] },
    })
    dispatcher.says({ type: 'snapshot', cursor: 'e1:0', alarms: [held('a1', 'Voorbeeld, Anna')] })
    dispatcher.says({ type: 'caught_up', cursor: 'e1:0' })
    expect(screen.queryByRole('form')).toBeNull()
    await dispatcher.user.click(dispatcher.row(/Anna/))
    await opened('{F8}', 'Write a note')
    expect(value('Note')).toBe('')
  })
})

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

describe('handing over', () => {
  it('needs a centre, says what it means, and takes a note', async () => {
    const form = await opened('{Shift>}{F9}{/Shift}', 'Hand over to another centre')
    expect(within(form).queryByRole('radio', { name: 'East Flanders' })).toBeNull()
    await dispatcher.user.keyboard('{Enter}')
    expect(dispatcher.sent('transfer')).toEqual([])
    expect(within(form).getByText('Choose a centre.')).toBeTruthy()
    await dispatcher.user.click(within(form).getByRole('radio', { name: 'Antwerp' }))
    expect(within(form).getByText(/unanswered at Antwerp until somebody there takes it/)).toBeTruthy()
    await dispatcher.user.type(dispatcher.field(/Note for them/), 'On the train.{Enter}')
    expect(dispatcher.sent('transfer')).toMatchObject([{ to: 'BE-VAN', note: 'On the train.' }])
  })

  it('is offered where she has gone to: to hand to another’s centre, to take over into one’s own', async () => {
    dispatcher.happens('alarm.crossed', held('a1', 'Voorbeeld, Anna', { version: 3, crossed_to: 'BE-VAN' }))
    await dispatcher.user.click(dispatcher.button('Hand over to Antwerp'))
    const form = await screen.findByRole('form', { name: 'Hand over to another centre' })
    expect((within(form).getByRole('radio', { name: 'Antwerp' }) as HTMLInputElement).checked).toBe(true)
    dispatcher.happens(
      'alarm.transferred',
      held('a1', 'Voorbeeld, Anna', { version: 4, centre: 'BE-VAN', crossed_to: 'BE-VOV' }),
    )
    await dispatcher.user.click(dispatcher.button('Take over'))
    expect(dispatcher.sent('transfer')).toMatchObject([{ to: 'BE-VOV', note: null, expected_version: 4 }])
    expect(dispatcher.button('Asking …')).toBeTruthy()
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
