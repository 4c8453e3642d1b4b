import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { longId } from '../../../tests/cases'
import { FakeWorld } from '../../../tests/world'
import { Console } from '../../lib/console.svelte'
import type { Condition } from '../../lib/wire'
import Desk from '../Desk.svelte'

let world: FakeWorld
let desk: Console
const user = userEvent.setup()

beforeEach(() => {
  world = new FakeWorld()
  desk = new Console('ws://gateway', world, longId('c0'))
  desk.open()
  render(Desk, { desk, onleave: vi.fn() })
  says({ type: 'welcome' })
  says({ type: 'snapshot', cursor: 'e1:0' })
  says({ type: 'caught_up', cursor: 'e1:0' })
})

function says(frame: Record<string, unknown>): void {
  world.socket.says(frame)
  flushSync()
}

function passes(seconds: number): void {
  world.passes(seconds)
  flushSync()
}

function happens(sequence: number, alarm: Record<string, unknown>): void {
  says({ type: 'event', cursor: `e1:${sequence}`, kind: 'alarm.raised', alarm })
}

function conditions(): Condition[] {
  return world.socket.sent.filter((frame) => frame.type === 'condition')
}

function sound(): string {
  return screen.getByRole('group', { name: 'Sound' }).textContent?.replaceAll(/\s+/g, ' ').trim() ?? ''
}

describe('the siren', () => {
  it('sounds with the frame that brings an alarm, and stops with the one that answers it', () => {
    happens(1, {})
    expect(world.station.sounding).toEqual(['siren'])
    expect(sound()).toContain('Siren')
    happens(2, { state: 'acknowledged', version: 2 })
    expect(world.station.sounding).toEqual([])
  })

  it('is silenced by Alt+S for a minute that is counted down, told to the gateway, and ended by an alarm', async () => {
    happens(1, {})
    await user.keyboard('{Alt>}s{/Alt}')
    expect(world.station.sounding).toEqual([])
    expect(sound()).toContain('Silent for 60 s more')
    expect(conditions().at(-1)).toMatchObject({
      sound: 'silenced',
      silenced_until: expect.stringMatching(/^20.*Z$/),
    })
    passes(10)
    expect(sound()).toContain('Silent for 50 s more')
    expect(world.station.sounding).toEqual(['lost'])
    says({ type: 'welcome' })
    happens(2, { alarm_id: 'a2' })
    says({ type: 'caught_up', cursor: 'e1:2' })
    expect(world.station.sounding).toEqual(['siren'])
    expect(conditions().at(-1)).toMatchObject({ sound: 'sounding', silenced_until: null })
  })

  it('is not silenced by S without Alt, nor by AltGr', async () => {
    happens(1, {})
    await user.keyboard('s{Control>}{Alt>}s{/Alt}{/Control}')
    expect(world.station.sounding).toEqual(['siren'])
  })

  it('keeps on without a link, beside the link’s own sound', () => {
    happens(1, {})
    world.socket.drops()
    passes(6)
    expect(world.station.sounding).toEqual(['siren', 'lost'])
    expect(screen.getAllByText(/^As of /)).toHaveLength(2)
  })
})

describe('the sound check', () => {
  it('is asked for, plays a tone, and is believed', async () => {
    expect(conditions().at(-1)?.sound).toBe('unchecked')
    await user.click(screen.getByRole('button', { name: 'Sound check' }))
    expect(world.station.chimes).toEqual(['check'])
    expect(conditions().at(-1)?.sound).toBe('unchecked')
    await user.click(screen.getByRole('button', { name: 'Yes, heard' }))
    expect(conditions().at(-1)?.sound).toBe('ready')
    expect(screen.queryByRole('button', { name: /check/i })).toBeNull()
  })

  it('that nobody heard is a fault, told to the gateway, until it is heard', async () => {
    await user.click(screen.getByRole('button', { name: 'Sound check' }))
    await user.click(screen.getByRole('button', { name: 'No' }))
    expect(conditions().at(-1)?.sound).toBe('blocked')
    expect(screen.getByText(/You did not hear the tone/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Check again' }))
    await user.click(screen.getByRole('button', { name: 'Yes, heard' }))
    expect(conditions().at(-1)?.sound).toBe('ready')
  })

  it('is due again when another loudspeaker is plugged in', async () => {
    await user.click(screen.getByRole('button', { name: 'Sound check' }))
    await user.click(screen.getByRole('button', { name: 'Yes, heard' }))
    world.station.outputs.changes += 1
    passes(1)
    expect(screen.getByRole('button', { name: 'Sound check' })).toBeTruthy()
  })
})

it.each([
  ['blocked', /The browser blocks the sound/],
  ['unavailable', /This browser cannot make sound/],
  ['stuck', /The sound has stopped/],
  ['missing', /No loudspeaker or headset/],
] as const)('sound that is %s is said, and told to the gateway', (fault, words) => {
  world.station.trouble = fault
  world.station.changed()
  flushSync()
  expect(screen.getByText(words)).toBeTruthy()
  expect(sound()).toContain('NO SOUND')
  expect(conditions().at(-1)?.sound).toBe('blocked')
})

describe('the link', () => {
  it('tells its latency, and in words when it is slow', () => {
    world.passes(0.012)
    says({ type: 'noted', server_time: '2026-03-02T10:00:00Z' })
    expect(screen.getByText('link 12 ms')).toBeTruthy()
    says({ type: 'heartbeat' })
    passes(3)
    expect(screen.getByText(/The link is slow: 3\.0 s for an answer/)).toBeTruthy()
  })

  it('is told how this console is with each heartbeat, and not with each tick', () => {
    const before = conditions().length
    passes(3)
    expect(conditions()).toHaveLength(before)
    says({ type: 'heartbeat' })
    expect(conditions()).toHaveLength(before + 1)
  })
})

describe('the workstation', () => {
  it('that slept says for how long, until that is understood', async () => {
    world.station.slept = 240
    passes(1)
    expect(screen.getByText('This screen slept for 4 min: what you saw was old.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Understood' }))
    expect(screen.queryByText(/This screen slept/)).toBeNull()
  })

  it('that is hidden is told to the gateway, and counts what waits in the window’s title', () => {
    happens(1, {})
    expect(document.title).toBe('(1) 1 unanswered alarm')
    world.station.inFront = false
    world.station.changed()
    flushSync()
    expect(conditions().at(-1)?.visible).toBe(false)
    const titles = new Set<string>()
    for (let second = 0; second < 4; second++) {
      passes(1)
      titles.add(document.title)
    }
    expect([...titles].toSorted()).toEqual(['(1) 1 unanswered alarm', 'MSA dispatch'])
  })

  it('that nothing keeps awake says so', () => {
    world.station.kept = 'unavailable'
    world.station.changed()
    flushSync()
    expect(screen.getByText(/does not keep the screen awake/)).toBeTruthy()
    expect(conditions().at(-1)?.awake).toBe(false)
  })
})
