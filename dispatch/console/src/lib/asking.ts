/** The commands of one console and their answers, across lost links. The twin of `dispatch/asking.py`. */
import type { ConsoleFrame, Refused, Result } from './wire'

export const ANSWER_WAIT_S = 10 // a command unanswered for so long is given up, never sent late
export const ANSWER_KEPT_S = 60 // how long the answer about what is not on the board can be looked up

export type Command = Exclude<ConsoleFrame, { type: 'attach' | 'delivered' | 'condition' | 'pong' }>

/** A command about an alarm. */
export type AlarmCommand = Extract<Command, { alarm_id: string }>

/** What became of a command. `unanswered` means unknown, not "not done". */
export type Answer = 'asked' | 'done' | 'refused' | 'unanswered'

/** One command and its answer; `refusal` only when refused. */
export interface Asked {
  readonly frame: Command
  readonly askedAt: number
  readonly link: number
  readonly answer: Answer
  readonly refusal: Refused | null
}

/** The alarm a command is about, if it is about one. */
export function alarmOf({ frame }: Asked): string | null {
  return 'alarm_id' in frame ? frame.alarm_id : null
}

/** The last command of a kind about an alarm (null: the kind that is about none). */
export function lastAsked(
  commands: ReadonlyMap<string, Asked>,
  kind: Command['type'],
  alarmId: string | null = null,
): Asked | undefined {
  return [...commands.values()].findLast((each) => each.frame.type === kind && alarmOf(each) === alarmId)
}

/** Whether a wish is what a command asked for, whatever version of the alarm it was asked about. */
export function asksTheSame(frame: Command, wish: object): boolean {
  const { request_id: _, expected_version: __, ...asked } = frame as Command & { expected_version?: number }
  const { expected_version: ___, ...wanted } = wish as { expected_version?: number }
  const sorted = (each: object) => JSON.stringify(Object.entries(each).toSorted())
  return sorted(asked) === sorted(wanted)
}

/**
 * What was asked, by request id, the oldest first.
 *
 * Of commands of a kind about one alarm all that wait for an answer are kept, and the last other.
 */
export class Asking {
  readonly asked = new Map<string, Asked>()
  #link = 0

  /** Note a new link: what the old one took with it may be sent once more. */
  beginLink(): void {
    this.#link += 1
  }

  /**
   * Note a command that is being sent; false when its request id is in use.
   *
   * What nobody answered may be asked again so: the same request id gets the same answer.
   */
  ask(frame: Command, now: number): boolean {
    const held = this.asked.get(frame.request_id)
    if (held && held.answer !== 'unanswered') return false
    const asked: Asked = { frame, askedAt: now, link: this.#link, answer: 'asked', refusal: null }
    this.#drop(
      (each) => each.answer !== 'asked' && each.frame.type === frame.type && alarmOf(each) === alarmOf(asked),
    )
    this.asked.set(frame.request_id, asked)
    return true
  }

  /** Whether such a command about this alarm has no answer yet. */
  waitsFor(kind: Command['type'], alarmId: string): boolean {
    return lastAsked(this.asked, kind, alarmId)?.answer === 'asked'
  }

  /** Note an answer, also one that comes after it was given up. */
  answered(frame: Result | Refused): void {
    const asked = this.asked.get(frame.request_id)
    if (!asked) return
    const refusal = frame.type === 'refused' ? frame : null
    this.asked.set(frame.request_id, { ...asked, answer: refusal ? 'refused' : 'done', refusal })
  }

  /** Give up what nobody answered; forget old answers about what is not on the board. */
  tick(now: number, isOpen: (alarmId: string) => boolean): void {
    for (const [requestId, asked] of this.asked)
      if (asked.answer === 'asked' && now - asked.askedAt >= ANSWER_WAIT_S)
        this.asked.set(requestId, { ...asked, answer: 'unanswered' })
    this.#drop((each) => {
      const alarmId = alarmOf(each)
      const onBoard = alarmId !== null && isOpen(alarmId)
      return each.answer !== 'asked' && now - each.askedAt >= ANSWER_KEPT_S && !onBoard
    })
  }

  /** Drop what was said about an alarm that left the board; what else waits for an answer goes on. */
  forget(alarmId: string): void {
    this.#drop(
      (each) => alarmOf(each) === alarmId && (each.answer !== 'asked' || each.frame.type === 'acknowledge'),
    )
  }

  /** What an earlier link took with it, once: the same request id gets the same answer. */
  repeated(now: number, isDue: (asked: Asked) => boolean): readonly Command[] {
    const due = [...this.asked.values()].filter(
      (each) =>
        each.answer === 'asked' &&
        each.link !== this.#link &&
        now - each.askedAt < ANSWER_WAIT_S &&
        isDue(each),
    )
    for (const each of due) this.asked.set(each.frame.request_id, { ...each, link: this.#link })
    return due.map(({ frame }) => frame)
  }

  #drop(doneWith: (asked: Asked) => boolean): void {
    for (const [requestId, asked] of this.asked) if (doneWith(asked)) this.asked.delete(requestId)
  }
}
