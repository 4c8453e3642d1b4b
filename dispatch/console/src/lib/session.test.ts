import { describe, expect, it } from 'vitest'
import { aCommand, aFrame, caseFiles, expanded, longId, shortId, type Step } from '../../tests/cases'
import type { Asked } from './asking'
import type { CentreBoard } from './centre_board'
import { Board, type Reaction } from './session'
import { slugOf } from './sign_in'
import type { AlarmView } from './wire'

function answered({ answer, refusal }: Asked): string {
  return refusal ? `refused ${refusal.taken_by ?? slugOf(refusal.problem)}` : answer
}

function listed(alarms: Iterable<AlarmView>) {
  return Object.fromEntries(
    [...alarms].map(({ alarm_id, state, version }) => [shortId(alarm_id), `${state} v${version}`]),
  )
}

/** What a map holds, by short id. */
function shortly<T>(map: ReadonlyMap<string, T>, say: (each: T) => unknown) {
  return Object.fromEntries([...map].map(([id, each]) => [shortId(id), say(each)]))
}

function centrePicture(centre: CentreBoard) {
  return {
    cursor: centre.cursor && `${centre.cursor.epoch}:${centre.cursor.sequence}`,
    caught_up: centre.caughtUp,
    open: listed(centre.alarms.values()),
    units: shortly(centre.units, ({ status }) => status ?? 'free'),
    notices: shortly(centre.notices, ({ kind }) => kind),
    protections: shortly(centre.protections, ({ state }) => state),
    resumption: centre.resumption,
  }
}

function picture(board: Board, now: number) {
  return {
    linked: board.linked,
    stale: board.stale(now),
    as_of: board.asOf,
    gaps: board.gaps,
    ignored: board.ignored,
    commands: shortly(board.commands, answered),
    centres: Object.fromEntries([...board.centres].map(([name, centre]) => [name, centrePicture(centre)])),
    foreign: board.foreign,
    shown: listed(board.openAlarms()),
    placed: latitudes(board),
    provisionals: Object.fromEntries(
      board.provisionals().map(({ press_id, node }) => [shortId(press_id), node]),
    ),
    offenders: Object.fromEntries(
      [...board.offenders()].map(([alarmId, told]) => [
        shortId(alarmId),
        Object.fromEntries(told.map(({ number, position }) => [number, position.latitude])),
      ]),
    ),
  }
}

function latitudes(board: Board) {
  return Object.fromEntries(
    [...board.positions()].map(([alarmId, { position }]) => [shortId(alarmId), position.latitude]),
  )
}

function take(board: Board, step: Step): Reaction {
  if (step.frame) return board.receive(aFrame(step.frame), step.at)
  if (step.acknowledge) {
    const { alarm, request } = step.acknowledge
    return sending(board.acknowledge(longId(alarm), longId(request), step.at))
  }
  if (step.ask) return sending(board.ask(aCommand(step.ask), step.at))
  if (step.painted) return sending(board.painted(longId(step.painted.alarm), step.painted.painted_at))
  if (step.disconnected) board.disconnected(step.at)
  else board.tick(step.at)
  return sending([])
}

function sending(send: Reaction['send']): Reaction {
  return { send, applied: [], placed: null, kept: null }
}

const WHOLE = /(open|commands|shown|placed|offenders|units|notices|protections|provisionals)$/

/** Compare what a step names; what `WHOLE` names is compared whole. */
function hold(expected: unknown, actual: unknown, where: string): void {
  if (typeof expected === 'object' && expected !== null && !WHOLE.test(where))
    for (const [key, value] of Object.entries(expected))
      hold(value, (actual as Record<string, unknown>)[key], `${where}.${key}`)
  else expect(actual, where).toEqual(expected)
}

describe('the board does what the shared case says', () => {
  it.each(caseFiles('board'))('$name: $says', ({ steps }) => {
    const board = new Board(longId('c0'))
    for (const step of steps) {
      const reaction = take(board, step)
      expect(reaction.send, JSON.stringify(step)).toEqual(expanded(step.sends ?? []))
      const applied = reaction.applied.length + (reaction.placed ? 1 : 0)
      expect(applied, JSON.stringify(step)).toBe(step.applies ?? applied)
      hold(step.holds ?? {}, picture(board, step.at), `at ${step.at}`)
    }
  })
})

describe('a board', () => {
  it('that wants some centres follows those of them that are the operator’s', () => {
    const board = new Board(longId('c0'), ['BE-WHT', 'BE-VAN'])
    const operator = {
      operator_id: longId('d1'),
      name: 'Operator One',
      roles: ['operator'],
      centres: ['BE-VOV', 'BE-WHT'],
    }
    const [attach] = board.receive(aFrame({ type: 'welcome', operator }), 0).send
    expect(attach).toMatchObject({ type: 'attach', centres: ['BE-WHT'] })
    expect(board.foreign).toEqual(['BE-VAN'])
  })

  it('leaves a frame of a type it does not know alone', () => {
    const board = new Board(longId('c0'))
    const unknown = { type: 'weather' } as unknown as Parameters<Board['receive']>[0]
    expect(board.receive(unknown, 0)).toEqual(sending([]))
  })
})
