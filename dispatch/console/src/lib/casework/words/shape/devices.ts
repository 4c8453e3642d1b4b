/** The words of: buttons and phones. */
import type {
  ConsignmentFault,
  DeviceAct,
  DeviceKind,
  DeviceReason,
  DeviceState,
  IdleKind,
} from '../../../wire'

export interface DevicesWords {
  title: string
  kind: Record<DeviceKind, string>
  state: Record<DeviceState, string>
  /** On the button that does it. */
  act: Record<DeviceAct, string>
  /** What it will do, before it is done. */
  means: Record<DeviceAct, string>
  /** In a device's history. */
  done: Record<DeviceAct, string>
  reason: Record<DeviceReason, string>
  of: {
    serial: string
    make: string
    kind: string
    state: string
    file: string
    team: string
    battery: string
    firmware: string
    seen: string
    since: string
    received: string
    reason: string
    who: string
    what: string
    when: string
  }
  neverSeen: string
  system: string
  back: string
  acts: string
  summary: { title: string; total: string; none: string }
  list: {
    title: string
    part: string
    lowBattery: (percent: string) => string
    none: string
    file: string
  }
  scan: {
    title: string
    hint: string
    label: string
    find: string
    unknown: (typed: string) => string
    several: string
    reference: string
    referenceHint: string
    became: (serial: string, state: string) => string
  }
  consignment: {
    title: string
    hint: string
    file: string
    team: string
    teamHint: string
    check: string
    receive: string
    fine: (devices: number) => string
    wrong: (errors: number) => string
    received: (devices: number) => string
    tooLarge: string
    line: string
    column: string
    fault: Record<ConsignmentFault, string>
    asLine: (line: number) => string
  }
  idle: {
    title: string
    kind: Record<IdleKind, string>
    silentDays: string
    stockDays: string
    unwipedDays: string
    none: string
    more: string
  }
  history: string
  inFile: {
    none: string
    add: string
    companions: string
    noCompanion: string
    phone: string
    enrolled: string
    heard: string
    revoked: (at: string) => string
    works: string
    revoke: string
    revokeMeans: string
    enrol: string
    enrolFor: (serial: string) => string
    enrolMeans: string
    makeCode: string
    scanThis: string
    code: string
    until: (at: string) => string
    once: string
  }
}
