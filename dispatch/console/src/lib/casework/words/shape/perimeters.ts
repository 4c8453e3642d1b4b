/** The words of a file's perimeters: where a judge forbids somebody to be, and the trackers that tell. */
import type {
  ConditionKind,
  PerimeterState,
  TamperedNear,
  TrackerRole,
  VictimTold,
  WatchState,
} from '../../../wire'

type Shape = 'circle' | 'polygon' | 'victim'

export interface PerimetersWords {
  title: string
  none: string
  unreadable: string
  state: Record<PerimeterState, string>
  watching: string
  notWatching: string
  watch: Record<WatchState, string>
  /** The zone moves with her, and where she is is not known since then; null: it never was. */
  blind: (since: string | null) => string
  /** What is wrong with a tracker that it binds. */
  faultOf: (tracker: string, fault: string) => string
  watchOf: (tracker: string, state: string, since: string) => string
  facts: {
    where: string
    ring: string
    decision: string
    days: string
    binds: string
    told: string
    tampered: string
    tally: string
    by: string
    ended: string
  }
  area: {
    circle: (radius: string, place: string) => string
    polygon: (corners: number, reach: string) => string
    victim: (radius: string) => string
  }
  ringTo: (reach: string) => string
  decisionSaid: (reference: string, authority: string, day: string) => string
  days: (from: string, until: string) => string
  binds: { none: string }
  victimTold: Record<VictimTold, string>
  tally: {
    none: string
    said: (approaches: number, possible: number, breaches: number) => string
    last: (when: string) => string
  }
  tamperedNear: Record<TamperedNear, string>
  made: (name: string, when: string) => string
  decided: (name: string) => string
  endedSaid: (name: string, when: string, ground: string) => string
  act: { decide: string; change: string; bind: string; end: string; add: string; trackers: string }
  bindMeans: string
  decide: { title: string; means: string; reference: string; authority: string; on: string; submit: string }
  end: { title: string; means: string; ground: string; submit: string }
  form: {
    title: string
    change: string
    changeMeans: string
    submitChange: string
    draft: string
    force: string
    name: string
    nameHint: string
    shape: string
    shapes: Record<Shape, string>
    address: string
    place: string
    placeHint: string
    radius: string
    corners: string
    cornersHint: string
    cornersMissing: string
    ring: string
    ringHint: string
    binds: string
    bindsNone: string
    from: string
    until: string
    submitDraft: string
    submitForce: string
  }
  map: { title: string; help: string; undo: string; missing: string }
  trackers: {
    title: string
    none: string
    columns: { label: string; role: string; from: string; heard: string; condition: string; act: string }
    role: Record<TrackerRole, string>
    condition: Record<ConditionKind, string>
    silent: string
    never: string
    off: (when: string) => string
    integrator: string
    integratorHint: string
    subject: string
    subjectHint: string
    label: string
    labelHint: string
    submit: string
    swap: string
    swapMeans: string
    end: string
    endMeans: string
  }
}
