import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { beforeAll, expect, it } from 'vitest'
import { casework } from '../../../lib/casework/speech.svelte'
import TestTable from '../../../../tests/TestTable.svelte'

beforeAll(() => casework.follow())

it('the arrow keys go from row to row, and each leads to its file', async () => {
  const user = userEvent.setup()
  render(TestTable, { rows: ['a', 'b', 'c'].map((id, alarms) => ({ id, alarms })) })
  expect(screen.getByRole('table', { name: 'My files' })).toBeTruthy()
  expect(screen.getAllByRole('columnheader').map((each) => each.textContent)).toEqual(['File', 'Alarms'])
  const focused = () => document.activeElement?.getAttribute('href')
  await user.tab()
  expect(focused()).toBe('#files/a')
  for (const [key, lands] of [
    ['{ArrowDown}', 'b'],
    ['{End}', 'c'],
    ['{ArrowDown}', 'c'],
    ['{ArrowUp}', 'b'],
    ['{Home}', 'a'],
  ] as const) {
    await user.keyboard(key)
    expect(focused()).toBe(`#files/${lands}`)
  }
})

it('it says when there is nothing, and while it is fetched', async () => {
  const { rerender } = render(TestTable, { rows: null })
  expect(screen.getByRole('status').textContent?.trim()).toBe('Fetching …')
  expect(screen.getByRole('region').getAttribute('aria-busy')).toBe('true')
  await rerender({ rows: [] })
  expect(screen.getByRole('status').textContent?.trim()).toBe('No file yet.')
})
