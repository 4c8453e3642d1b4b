import { screen, within } from '@testing-library/svelte'
import { tick } from 'svelte'
import { describe, expect, it, vi } from 'vitest'
import { longId } from '../../../tests/cases'
import {
  asked,
  banner,
  desk,
  happens,
  raised,
  row,
  says,
  urgent,
  user,
  violations,
  world,
} from '../../../tests/whole_desk'

const MARK = 'Provisional: received, not stored yet'
const LATER = '2026-03-02T10:00:20Z'

function kept(short = 'b1', alarm: Record<string, unknown> = {}, frame: Record<string, unknown> = {}): void {
  says({ type: 'provisional', press_id: short, alarm, ...frame })
}

function detail(): HTMLElement {
  return screen.getByRole('region', { name: 'Alarm' })
}

describe('a press that is only kept', () => {
  it('is an alarm like any other, marked, with the age of her file, and asks for paper', async () => {
    kept()
    expect(desk.watch.sounding).toEqual(['siren'])
    expect(urgent()).toContain('New: Stalking alarm. Voorbeeld, Anna. East Flanders. ' + MARK)
    expect(within(row(/Anna/)).getByText(MARK)).toBeTruthy()
    expect(within(banner()).getByText(MARK)).toBeTruthy()
    await screen.findByText(/Note on paper who goes\.$/, {
      selector: 'section[aria-label="The database is away"] p',
    })
    const card = await within(detail()).findByRole('region', { name: MARK })
    expect(within(card).getByText(/Her file as it was read .* ago\. Kept by node-1\./)).toBeTruthy()
    expect(within(detail()).getByRole('region', { name: 'Know before you go' })).toBeTruthy()
    expect(await violations()).toEqual([])
  })

  it('says so where her file is not known, and is announced without a name', async () => {
    kept('b1', { person: null, circumstances: [], enriched: false }, { file_read_at: null })
    expect(await screen.findByText(/Her file is not known here/)).toBeTruthy()
  })

  it('has no commands; F2 says why and asks for nothing', async () => {
    kept()
    expect(screen.queryByRole('button', { name: /Acknowledge/ })).toBeNull()
    expect(screen.queryByRole('region', { name: 'Commands' })).toBeNull()
    await user.keyboard('{F2}{F4}{F9}')
    expect(asked()).toEqual([])
    expect(urgent()).toContain('It cannot be acknowledged or changed before it is stored')
  })

  it('is never reported drawn, nor fetched', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    kept()
    world.passes(5)
    await tick()
    expect(world.socket.sent.filter(({ type }) => type === 'delivered')).toEqual([])
    expect(fetched.mock.calls.filter(([url]) => String(url).includes(longId('a1')))).toEqual([])
    fetched.mockRestore()
  })

  it('is quiet at this workstation once seen, until she presses again', async () => {
    kept()
    await user.click(await within(banner()).findByRole('button', { name: 'Seen here' }))
    expect(desk.watch.sounding).toEqual([])
    expect(within(banner()).getByText('Seen here: quiet at this workstation')).toBeTruthy()
    kept('b2', { alarm_id: 'a2', last_pressed_at: LATER })
    expect(desk.watch.sounding).toEqual(['again'])
    expect(row(/Anna/).textContent).toContain('pressed 2 times')
  })

  it('becomes the alarm, which stays selected, has its commands and sounds until it is acknowledged', async () => {
    kept()
    await user.click(await within(detail()).findByRole('button', { name: 'Seen here' }))
    happens('alarm.raised', { alarm_id: 'a1' })
    says({ type: 'provisional_over' })
    expect(desk.selectedId).toBe(longId('a1'))
    expect(screen.queryByText(MARK)).toBeNull()
    expect(screen.queryByRole('region', { name: 'The database is away' })).toBeNull()
    expect(screen.getByRole('region', { name: 'Commands' })).toBeTruthy()
    expect(desk.watch.sounding).toEqual(['siren'])
    await user.keyboard('{F2}')
    expect(asked()).toEqual([longId('a1')])
  })

  it('hands the selection on where it was a further press on an alarm of hers', async () => {
    raised('a5', 'Exemple, Claire', { registration_id: '00000000-0000-4000-8000-00000000000d' })
    kept()
    await user.click(row(/Anna/))
    expect(desk.selectedId).toBe(longId('a1'))
    happens('alarm.pressed_again', { alarm_id: 'a7', version: 2, last_pressed_at: LATER })
    expect(desk.selectedId).toBe(longId('a7'))
  })

  it('leaves a silence as it is when it becomes the alarm', async () => {
    kept()
    await user.keyboard('{Alt>}s{/Alt}')
    expect(desk.watch.sounding).toEqual([])
    happens('alarm.raised', { alarm_id: 'a1' })
    expect(desk.watch.sounding).toEqual([])
    world.passes(61)
    expect(desk.watch.sounding).toContain('siren')
  })

  it('of an exercise is no real alarm: nothing sounds on and on', () => {
    kept('b1', { purpose: 'exercise' })
    expect(desk.watch.sounding).toEqual([])
    expect(desk.picture.queue.apart).toHaveLength(1)
  })

  it('stays through a lost link', () => {
    kept()
    world.socket.drops()
    world.passes(3)
    expect(within(row(/Anna/)).getByText(MARK)).toBeTruthy()
    expect(desk.watch.sounding).toContain('siren')
  })
})
