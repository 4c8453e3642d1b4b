/** What is news, in one sentence: of what happened to an alarm, and of what was asked here. */
import type { AlarmCommand, Asked } from './asking'
import type { Resumption } from './centre_board'
import { breachLine } from './breach'
import { age } from './format'
import type { Return } from './watch.svelte'
import type { AlarmView, Event, UnitView } from './wire'
import type { Words } from './words'

export interface Sentence {
  readonly text: string
  /** For a new alarm and what is as grave; what is not real is never urgent. */
  readonly urgent: boolean
}

/** News of an event on an alarm, of which `before` is what was known; null when there is nothing to say. */
export function eventNews(
  { kind }: Event,
  alarm: AlarmView,
  before: AlarmView | undefined,
  words: Words,
): Sentence | null {
  if (alarm.purpose === 'canary') return null
  const { news, purpose } = words
  const name = alarm.person?.victim.name ?? null
  const urgent = alarm.purpose === 'real'
  if (!before && alarm.state === 'raised')
    return { text: news.raised(purpose[alarm.purpose], name, centreName(alarm.centre, words)), urgent }
  switch (kind) {
    case 'alarm.pressed_again':
    case 'alarm.breached':
    case 'alarm.retreated':
      return againNews(alarm, before, name, words)
    case 'alarm.cancel_requested':
      return alarm.cancel?.coerced ? { text: news.coerced(name), urgent } : null
    case 'alarm.message_received':
      return said(words.told.news.message(name))
    case 'alarm.medical_received':
      return said(words.told.news.medical(name))
    case 'alarm.call_received':
      return said(words.told.news.call(name))
    case 'alarm.acknowledged':
      return said(alarm.acknowledged_by && news.acknowledged(name, alarm.acknowledged_by.name))
    case 'alarm.acknowledgement_lapsed':
      return { text: words.commands.news.lapsed(name ?? words.queue.unnamed), urgent }
    case 'alarm.closed':
      return said(closedWords(alarm, words))
    default:
      return null
  }
}

/** News of a press that is only kept. */
export function keptNews({ purpose, person, centre }: AlarmView, words: Words): string | null {
  if (purpose === 'canary') return null
  const raised = words.news.raised(
    words.purpose[purpose],
    person?.victim.name ?? null,
    centreName(centre, words),
  )
  return `${raised} ${words.provisional.mark}.`
}

/** She pressed again, or something else is known of who threatens her. */
function againNews(
  alarm: AlarmView,
  before: AlarmView | undefined,
  name: string | null,
  words: Words,
): Sentence {
  const urgent = alarm.purpose === 'real'
  const { breach } = alarm
  const judged = breach && breach.judged_at !== before?.breach?.judged_at
  if (!judged) return { text: words.news.pressedAgain(name), urgent }
  const whom = name ?? words.queue.unnamed
  return { text: `${whom}: ${breachLine(breach, words)}.`, urgent: urgent && breach.inside }
}

/** How an alarm was closed: by whom, with what outcome, and whether a second look follows. */
export function closedWords(alarm: AlarmView, words: Words): string | null {
  if (!alarm.closure) return null
  const { by, outcome, needs_second_look } = alarm.closure
  const name = alarm.person?.victim.name ?? words.queue.unnamed
  const { closed, secondLook } = words.commands
  const told = closed(name, words.commands.outcome[outcome].name, by?.name ?? null)
  return needs_second_look ? `${told} ${secondLook.follows}` : told
}

/** News of the answer to a command of this console; what its event tells anyway is not said twice. */
export function answerNews(
  asked: Asked,
  alarm: AlarmView | undefined,
  units: readonly UnitView[],
  words: Words,
): string | null {
  const { refusal, frame } = asked
  if (!('alarm_id' in frame)) return null // notices and units are told where they are asked for
  const act = words.commands.act[frame.type]
  if (refusal) return words.commands.news.refused(act, refusalWords(asked, words))
  return doneWords(frame, alarm?.person?.victim.name ?? words.queue.unnamed, units, words)
}

/** Why a command was refused, in words that say what to do. */
export function refusalWords({ frame, refusal }: Asked, words: Words): string {
  if (!refusal) return ''
  if (refusal.taken_by) return words.acknowledge.taken(refusal.taken_by)
  const slug = refusal.problem.type.split(':').at(-1) as keyof Words['problem']
  if (slug === 'stale-version' && frame.type === 'close') return words.commands.stale
  return words.problem[slug] ?? refusal.problem.title
}

function doneWords(
  frame: AlarmCommand,
  victim: string,
  units: readonly UnitView[],
  words: Words,
): string | null {
  const done = words.commands.done
  const unit = 'unit_id' in frame ? (units.find(({ unit_id }) => unit_id === frame.unit_id)?.name ?? '') : ''
  switch (frame.type) {
    case 'assign':
      return done.assign(unit, victim)
    case 'unit_status':
      return done.status(unit, words.unitStatus[frame.status])
    case 'note':
      return done.note(victim)
    case 'transfer':
      return done.transfer(victim, centreName(frame.to, words))
    case 'reopen':
      return done.reopen(victim)
    case 'review':
      return done.review(victim)
    default:
      return null // acknowledging and closing are told by their events
  }
}

/** How a centre caught up, and that the link is back if it has just come back; null when nothing is to be said. */
export function catchingUpNews(
  centre: string,
  done: Resumption | null | undefined,
  returned: Return | null,
  words: Words,
): string | null {
  const name = centreName(centre, words)
  const sentences = [
    returned ? words.link.restored(age(returned.away, words.locale)) : '',
    done?.reason ? words.link.snapshot(name, done.reason) : '',
    done && !done.reason && done.replayed > 0 ? words.link.replayed(name, done.replayed) : '',
  ]
  return sentences.filter(Boolean).join(' ') || null
}

function said(text: string | null): Sentence | null {
  return text === null ? null : { text, urgent: false }
}

export function centreName(centre: string, words: Words): string {
  return words.centre[centre] ?? centre
}
