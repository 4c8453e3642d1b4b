import { describe, expect, it } from 'vitest'
import { aFrame, kinds, longId, THINGS, wholeThing, type Json, type Kind } from '../../tests/cases'
import { Board } from './session'

const ID = { alarm: 'alarm_id', unit: 'unit_id', notice: 'notice_id', protection: 'registration_id' }

/** A board that was told these after its welcome. */
function told(...frames: Json[]): Board {
  const board = new Board(longId('c0'))
  for (const frame of [{ type: 'welcome' }, ...frames]) board.receive(aFrame(frame), 1)
  return board
}

function snapshot(things: Json, cursor: string): Json[] {
  return [
    { type: 'snapshot', cursor, ...things },
    { type: 'caught_up', cursor },
  ]
}

function about({ event }: Kind): (typeof THINGS)[number] {
  return THINGS.find((thing) => event[thing])!
}

/** What a snapshot taken after the event holds: the old image gone, the new one if it is shown. */
function after(kind: Kind): Json {
  const thing = about(kind)
  const image = wholeThing(thing, kind.event[thing] as Json)
  const before = ((kind.before[`${thing}s`] ?? []) as Json[]).map((each) => wholeThing(thing, each))
  const others = before.filter((each) => each[ID[thing]] !== image[ID[thing]])
  return { ...kind.before, [`${thing}s`]: kind.shown ? [...others, image] : others }
}

function held(board: Board) {
  const { cursor, alarms, units, notices, protections } = board.centres.get('BE-VOV')!
  return { cursor, alarms, units, notices, protections }
}

describe('replay equals snapshot', () => {
  it.each(kinds)('$kind: $says', (kind) => {
    const event = { type: 'event', cursor: 'e1:5', kind: kind.kind, ...kind.event }
    const replayed = told(...snapshot(kind.before, 'e1:4'), event)
    const loaded = told(...snapshot(after(kind), 'e1:5'))
    expect(held(replayed)).toEqual(held(loaded))
    expect(replayed.openAlarms()).toEqual(loaded.openAlarms())
    const thing = about(kind)
    const image = wholeThing(thing, kind.event[thing] as Json)
    const shown = held(replayed)[`${thing}s`].get(image[ID[thing]] as string)
    expect(shown).toEqual(kind.shown ? image : undefined)
  })
})
