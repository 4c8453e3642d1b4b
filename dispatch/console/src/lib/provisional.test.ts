import { describe, expect, it } from 'vitest'
import { aFrame, longId } from '../../tests/cases'
import { inOrder, nextToAcknowledge } from './alarms'
import { cardsOf, sounding } from './provisional'
import type { Provisional } from './wire'

const OTHER = '00000000-0000-4000-8000-00000000000d'

function press(short: string, alarm: Record<string, unknown> = {}): Provisional {
  return aFrame({ type: 'provisional', press_id: short, alarm }) as Provisional
}

const first = press('b1', { alarm_id: 'a1', raised_at: '2026-03-02T10:00:00Z' })
const again = press('b2', {
  alarm_id: 'a2',
  raised_at: '2026-03-02T10:01:00Z',
  last_pressed_at: '2026-03-02T10:01:00Z',
  positions: [],
})
const hers = press('b3', { alarm_id: 'a3', registration_id: OTHER })

describe('presses that are only kept', () => {
  it('are one card for each victim: the first press, with what the last one told and their number', () => {
    const { alarms, waiting } = cardsOf([first, again, hers], new Set())
    expect(alarms.map(({ alarm_id, press_count }) => [alarm_id, press_count])).toEqual([
      [longId('a1'), 2],
      [longId('a3'), 1],
    ])
    expect(alarms[0]).toMatchObject({
      raised_at: '2026-03-02T10:00:00Z',
      last_pressed_at: '2026-03-02T10:01:00Z',
      positions: [],
    })
    expect(waiting.get(longId('a1'))).toMatchObject({
      presses: [longId('b1'), longId('b2')],
      node: 'node-1',
      seen: false,
    })
  })

  it('are never put together with those of another purpose', () => {
    const tried = press('b2', { alarm_id: 'a2', purpose: 'test' })
    expect(cardsOf([first, tried], new Set()).alarms.map(({ press_count }) => press_count)).toEqual([1, 1])
  })

  it('are quiet once each of her presses was seen here, and sound with the next one', () => {
    const quiet = cardsOf([first, hers], new Set([longId('b1')]))
    expect(sounding(quiet).map(({ alarm_id }) => alarm_id)).toEqual([longId('a3')])
    expect(sounding(cardsOf([first, again], new Set([longId('b1')])))).toHaveLength(1)
  })

  it('are taken by F2 never while one is stored, and stand in the banner unseen first', () => {
    const { alarms, waiting } = cardsOf([first, hers], new Set([longId('b1')]))
    const stored = { ...first.alarm, alarm_id: longId('a9'), raised_at: '2026-03-02T11:00:00Z' }
    const next = nextToAcknowledge(inOrder([...alarms, stored]), alarms[0], waiting)
    expect(next?.alarm_id).toBe(stored.alarm_id)
    const kept = inOrder(alarms)
    expect(nextToAcknowledge(kept, undefined, waiting)?.alarm_id).toBe(longId('a3'))
    expect(nextToAcknowledge(kept, alarms[0], waiting)?.alarm_id).toBe(longId('a1'))
  })
})
