/** What became of an alarm since it was raised, in lines of text: who was told, who else sees it, where she went. */
import { distance } from './format'
import type { AlarmView, AssignedUnit } from './wire'
import type { Words } from './words'

/** The gravest first; `ago` says how long ago an instant was. */
export function course(alarm: AlarmView, words: Words, ago: (instant: string) => string): readonly string[] {
  const said = words.course
  const { escalation, crossed_to } = alarm
  const also = alarm.shared.filter(({ reason }) => reason !== 'transferred')
  const lines: (string | null)[] = [
    escalation && said.escalated(escalation.level, words.ladder[escalation.step], ago(escalation.at)),
    escalation?.reason === 'no_console' ? said.noConsole : null,
    alarm.lapses > 0 ? said.lapsed(alarm.lapses) : null,
    alarm.reopened > 0 ? said.reopened(alarm.reopened) : null,
    ...alarm.shared
      .filter(({ reason }) => reason === 'transferred')
      .map(({ centre, since }) => said.transferred(named(centre, words), ago(since))),
    also.length > 0 ? said.also(also.map(({ centre }) => named(centre, words)).join(', ')) : null,
    crossed_to && said.crossed(named(crossed_to, words)),
    alarm.tracking === 'lost' || alarm.tracking === 'ended' ? said.tracking[alarm.tracking] : null,
    alarm.moved_m === null ? null : said.moved(distance(alarm.moved_m, words.locale)),
  ]
  return lines.filter((line) => line !== null)
}

export function unitLine(unit: AssignedUnit, words: Words, ago: (instant: string) => string): string {
  const status = unit.taken_away ? words.course.takenAway : words.unitStatus[unit.status]
  const eta = unit.eta_s === null ? null : words.course.eta(Math.max(1, Math.round(unit.eta_s / 60)))
  const told = `${unit.name}: ${status} (${ago(unit.status_at)})`
  return eta && unit.status !== 'on_scene' && unit.status !== 'cleared' ? `${told}, ${eta}` : told
}

function named(centre: string, words: Words): string {
  const name = words.centre[centre]
  return name ? `${name} (${centre})` : centre
}
