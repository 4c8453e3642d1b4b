/** What other systems said about an alarm, out of its notes, in the order in which it was said. */
import type { AlarmView, Note } from './wire'

export interface Told {
  readonly chat: readonly Note[]
  readonly medical: readonly Note[]
  readonly calls: readonly Note[]
}

export const NOTHING: Told = { chat: [], medical: [], calls: [] }

export function toldIn(notes: readonly Note[]): Told {
  const inTime = notes.toSorted((one, other) => saidAt(one) - saidAt(other) || at(one) - at(other))
  const about = (kind: string) => inTime.filter((note) => note.about === kind)
  return {
    chat: about('alarm.message_received'),
    medical: about('alarm.medical_received'),
    calls: about('alarm.call_received'),
  }
}

/** Milliseconds since 1970: when the other system says that it was said. */
export function saidAt(note: Note): number {
  return Date.parse(note.said_at ?? note.at)
}

/** How much there is by what frames tell, of which old ones tell nothing; 0: nothing need be asked for. */
export function toldOf({ calls, messages, medical }: Partial<AlarmView>): number {
  return (calls ?? 0) + (messages ?? 0) + (medical ?? 0)
}

/** The lines that were not looked at, of which `seen` were: those that came last, whenever they were said. */
export function unreadOf(chat: readonly Note[], seen: number): ReadonlySet<Note> {
  return new Set(chat.toSorted((one, other) => at(one) - at(other)).slice(seen))
}

function at(note: Note): number {
  return Date.parse(note.at)
}
