/** The words of: hotspots. */
import type { HotspotEnd, HotspotKind } from '../../../wire'

export interface HotspotsWords {
  title: string
  never: string
  list: string
  columns: { what: string; of: string; near: string; why: string; until: string; act: string }
  kind: Record<HotspotKind, string>
  ofFile: (reference: string) => string
  byHand: (name: string, when: string) => string
  withFile: string
  unreadable: string
  nowhere: string
  near: (metres: string) => string
  end: string
  endText: (what: string) => string
  ended: Record<HotspotEnd, string>
  showEnded: string
  none: string
  more: string
  set: {
    title: string
    team: string
    kind: string
    address: string
    number: string
    numberHint: string
    place: string
    placeHint: string
    radius: string
    reason: string
    until: string
    untilHint: string
    submit: string
    done: string
  }
}
