import { describe, expect, it } from 'vitest'
import { aFrame, caseFiles, expanded, longId, shortId, type Step } from '../../tests/cases'
import { Board, type Command, type Reaction } from './session'

function outcome(command: Command): string {
  return command.refusal ? `refused ${command.refusal.taken_by}` : command.outcome
}

function picture(board: Board, now: number) {
  return {
    linked: board.linked,
    stale: board.stale(now),
    as_of: board.asOf,
    gaps: board.gaps,
    ignored: board.ignored,
    commands: Object.fromEntries([...board.commands].map(([id, command]) => [shortId(id), outcome(command)])),
    centres: Object.fromEntries(
      [...board.centres].map(([name, centre]) => [
        name,
        {
          cursor: centre.cursor && `${centre.cursor.epoch}:${centre.cursor.sequence}`,
          caught_up: centre.caughtUp,
          open: Object.fromEntries(
            [...centre.alarms.values()].map((alarm) => [
              shortId(alarm.alarm_id),
              `${alarm.state} v${alarm.version}`,
            ]),
          ),
          resumption: centre.resumption,
        },
      ]),
    ),
  }
}

function take(board: Board, step: Step): Reaction {
  if (step.frame) return board.receive(aFrame(step.frame), step.at)
  if (step.acknowledge) {
    const { alarm, request } = step.acknowledge
    return { send: board.acknowledge(longId(alarm), longId(request), step.at), applied: [] }
  }
  if (step.painted)
    return { send: board.painted(longId(step.painted.alarm), step.painted.painted_at), applied: [] }
  if (step.disconnected) board.disconnected(step.at)
  else board.tick(step.at)
  return { send: [], applied: [] }
}

/** Compare what a step names; `open` and `commands` are compared whole. */
function hold(expected: unknown, actual: unknown, where: string): void {
  if (typeof expected === 'object' && expected !== null && !/(open|commands)$/.test(where))
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
      if (step.applies !== undefined) expect(reaction.applied).toHaveLength(step.applies)
      hold(step.holds ?? {}, picture(board, step.at), `at ${step.at}`)
    }
  })
})

describe('a board', () => {
  it('that wants one centre follows only that', () => {
    const board = new Board(longId('c0'), ['BE-WHT'])
    const [attach] = board.receive(aFrame({ type: 'welcome' }), 0).send
    expect(attach).toMatchObject({ type: 'attach', centres: ['BE-WHT'] })
  })

  it('leaves a frame of a type it does not know alone', () => {
    const board = new Board(longId('c0'))
    const unknown = { type: 'weather' } as unknown as Parameters<Board['receive']>[0]
    expect(board.receive(unknown, 0)).toEqual({ send: [], applied: [] })
  })
})
