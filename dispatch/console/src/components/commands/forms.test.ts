import { screen, within } from '@testing-library/svelte'
import { tick } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { longId } from '../../../tests/cases'
import { by, held, TestDesk } from '../../../tests/desk'

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

  it('that nobody answered and that stands with the alarm was written: nothing is left to ask', async () => {
    await opened('{F8}', 'Write a note')
    await dispatcher.user.keyboard('once{Enter}')
    dispatcher.lives(10.5)
    const note = { at: '2026-03-02T10:00:12Z', by: by(), text: 'once', about: 'alarm.noted' }
    dispatcher.happens('alarm.noted', held('a1', 'Voorbeeld, Anna', { version: 3, notes: [note] }))
    expect(screen.queryByRole('form')).toBeNull()
    expect(dispatcher.sent('note')).toHaveLength(1)
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
