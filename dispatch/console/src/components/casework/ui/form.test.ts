import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Answered, Refused } from '../../../lib/casework/ask'
import { casework } from '../../../lib/casework/speech.svelte'
import TestForm from '../../../../tests/TestForm.svelte'

beforeAll(() => casework.follow())

const user = userEvent.setup()

function refusal(problem: Refused['problem'], errors: Refused['errors'] = []): Answered<string> {
  return { refused: { problem, detail: null, errors } }
}

function shown(...answers: Answered<string>[]) {
  const send = vi.fn<() => Promise<Answered<string>>>()
  for (const answer of answers) send.mockResolvedValueOnce(answer)
  const [ondone, oncancel] = [vi.fn(), vi.fn()]
  render(TestForm, { send, ondone, oncancel })
  return { send, ondone, oncancel, save: screen.getByRole('button', { name: 'Save' }) }
}

describe('a form that is refused', () => {
  it('says what is wrong beside the field, which gets the focus, and the rest above the buttons', async () => {
    const { save, ondone } = shown(
      refusal('invalid', [
        { field: 'phones.0', message: 'is no number' },
        { field: 'decided_on', message: 'lies in the future' },
      ]),
    )
    await user.type(screen.getByRole('textbox', { name: /Phones/ }), 'x')
    await user.click(save)
    const field = screen.getByRole('textbox', { name: /Phones/ })
    expect(document.activeElement).toBe(field)
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(field).toHaveProperty('value', 'x')
    const described = field.getAttribute('aria-describedby')!.split(' ')
    expect(described.map((id) => document.getElementById(id)!.textContent?.trim())).toEqual([
      'With country',
      'This is not right: is no number',
    ])
    expect(screen.getByRole('alert').textContent).toContain('decided_on')
    expect(screen.getByRole('alert').textContent).not.toContain('phones')
    expect(ondone).not.toHaveBeenCalled()
  })

  it('is sent again, and what was refused is not said any more', async () => {
    const { send, save, ondone } = shown(refusal('stale-version'), { told: 'saved' })
    await user.click(save)
    expect(screen.getByRole('alert').textContent).toContain('Somebody changed it meanwhile')
    await user.click(save)
    expect(ondone).toHaveBeenCalledExactlyOnceWith('saved')
    expect(send).toHaveBeenCalledTimes(2)
    expect(screen.getByRole('alert').textContent).toBe('')
  })
})

it('a form that is busy sends nothing twice, and Escape leaves it', async () => {
  const { send, save, oncancel } = shown()
  let answer!: (answered: Answered<string>) => void
  send.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  await user.click(save)
  await user.click(screen.getByRole('button', { name: 'Busy …' }))
  expect(send).toHaveBeenCalledOnce()
  answer(refusal('unreachable'))
  expect(await screen.findByRole('button', { name: 'Save' })).toBeTruthy()
  await user.type(screen.getByRole('textbox', { name: /Phones/ }), '{Escape}')
  expect(oncancel).toHaveBeenCalledOnce()
})
