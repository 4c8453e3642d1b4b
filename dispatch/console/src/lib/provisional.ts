/** Presses that are only kept, as alarms of the queue: one card for each victim, however often she pressed. */
import type { AlarmView, Provisional } from './wire'

/** What is special about a card: `presses` by id, when her file was read, and whether all were seen here. */
export interface Waiting {
  readonly presses: readonly string[]
  readonly node: string
  readonly fileReadAt: string | null
  readonly seen: boolean
}

export interface Cards {
  readonly alarms: readonly AlarmView[]
  /** By the id of the card's alarm. */
  readonly waiting: ReadonlyMap<string, Waiting>
}

/**
 * Put the cards together. A card is the alarm of her first press with what the last one tells; `seen` are the
 * presses whose siren somebody quieted here.
 */
export function cardsOf(presses: readonly Provisional[], seen: ReadonlySet<string>): Cards {
  const hers = new Map<string, [Provisional, ...Provisional[]]>()
  for (const press of presses) {
    const key = `${press.alarm.registration_id} ${press.alarm.purpose}`
    const others = hers.get(key)
    if (others) others.push(press)
    else hers.set(key, [press])
  }
  const cards = [...hers.values()].map((told) => {
    const first = told[0]
    const last = told.reduce((one, other) => (pressedAt(one) > pressedAt(other) ? one : other))
    const { alarm_id, raised_at } = first.alarm
    return {
      alarm: { ...last.alarm, alarm_id, raised_at, press_count: told.length },
      waiting: {
        presses: told.map(({ press_id }) => press_id),
        node: last.node,
        fileReadAt: last.file_read_at ?? null,
        seen: told.every(({ press_id }) => seen.has(press_id)),
      },
    }
  })
  return {
    alarms: cards.map(({ alarm }) => alarm),
    waiting: new Map(cards.map(({ alarm, waiting }) => [alarm.alarm_id, waiting])),
  }
}

/** What may sound: a card that was seen here is quiet, until she presses again or it is an alarm. */
export function sounding({ alarms, waiting }: Cards): readonly AlarmView[] {
  return alarms.filter(({ alarm_id }) => !waiting.get(alarm_id)?.seen)
}

function pressedAt({ alarm }: Provisional): number {
  return Date.parse(alarm.last_pressed_at)
}
