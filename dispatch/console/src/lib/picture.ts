/** Several centres' streams as one picture, in which an alarm stands once. The twin of `dispatch/picture.py`. */
import { CentreBoard } from './centre_board'
import { Closings } from './closings'
import type { AlarmView, PositionFrame } from './wire'

/** The centres that are followed, and what they tell together. */
export class Picture {
  centres = new Map<string, CentreBoard>()
  readonly closings = new Closings()

  /** Follow these centres, those that were followed already from where they are. */
  follow(names: readonly string[]): void {
    this.centres = new Map(names.map((name) => [name, this.centres.get(name) ?? new CentreBoard()]))
    this.closings.keep(names)
  }

  /** Every open alarm once, at its highest version, centre by centre. */
  openAlarms(): AlarmView[] {
    const everywhere = new Set([...this.centres.values()].flatMap(({ alarms }) => [...alarms.keys()]))
    return [...everywhere].flatMap((alarmId) => this.find(alarmId) ?? [])
  }

  /** An open alarm as the stream that is furthest tells it. */
  find(alarmId: string): AlarmView | undefined {
    let newest: AlarmView | undefined
    for (const { alarms } of this.centres.values()) {
      const alarm = alarms.get(alarmId)
      if (alarm && (!newest || alarm.version > newest.version)) newest = alarm
    }
    return newest && !this.closings.hides(newest) ? newest : undefined
  }

  /** The victim's newest position frame of an open alarm. */
  position(alarmId: string): PositionFrame | undefined {
    if (!this.find(alarmId)) return undefined
    return newest([...this.centres.values()].flatMap((centre) => centre.positions.get(alarmId) ?? []))
  }

  /** The newest position frame of each of its offenders, in their order. */
  offenders(alarmId: string): readonly PositionFrame[] {
    if (!this.find(alarmId)) return []
    const told = [...this.centres.values()].flatMap((centre) => [
      ...(centre.offenders.get(alarmId)?.values() ?? []),
    ])
    const numbers = [...new Set(told.map(({ number }) => number))].toSorted((one, other) => one - other)
    return numbers.flatMap((each) => newest(told.filter(({ number }) => number === each)) ?? [])
  }

  /** Note a closing that the stream of `teller` told: slower streams do not bring the alarm back. */
  closed(teller: string, alarm: AlarmView): void {
    const audience = [alarm.centre, ...alarm.shared.map(({ centre }) => centre)]
    const behind = [...this.centres].filter(([name, { alarms }]) => {
      const held = alarms.get(alarm.alarm_id)
      return name !== teller && (held ? held.version <= alarm.version : audience.includes(name))
    })
    this.closings.told(
      teller,
      alarm,
      behind.map(([name]) => name),
    )
  }
}

function newest(frames: readonly PositionFrame[]): PositionFrame | undefined {
  return frames.reduce<PositionFrame | undefined>(
    (last, frame) => (last && fixedAt(last) >= fixedAt(frame) ? last : frame),
    undefined,
  )
}

function fixedAt({ position }: PositionFrame): number {
  return Date.parse(position.fixed_at)
}
