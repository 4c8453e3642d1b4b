/** The words of the supervisor’s view. */
import type { ConsoleFault, ProtectionState, SoundState } from '../../wire'

export interface SupervisionWords {
  title: string
  loading: string
  asOf: (time: string) => string
  stale: (since: string) => string
  never: string
  attention: (places: number) => string
  totals: {
    title: string
    unanswered: string
    longest: (age: string) => string
    withoutUnit: string
    consoleFaults: string
    ofConsoles: (consoles: number) => string
    unprotected: string
    degraded: (count: number) => string
  }
  cautions: {
    title: string
    flood: (centre: string, alarms: number, minutes: number, consoles: number) => string
    floodAdvice: string
    manySilent: (centre: string, silent: number, watched: number) => string
    manySilentAdvice: string
    unattended: (centre: string) => string
    unattendedAdvice: string
    webhookFailed: (centre: string) => string
    since: (time: string) => string
  }
  centres: {
    title: string
    centre: string
    unanswered: string
    open: string
    apart: (count: number) => string
    consoles: string
    nobody: string
    withFault: (count: number) => string
    protection: string
    protections: Record<ProtectionState, string>
    canary: string
    noCanary: string
    canaryLate: string
    onNode: (node: string) => string
  }
  unanswered: {
    title: string
    none: string
    file: string
    noFile: string
    waiting: string
    ladder: string
    raisedOnly: string
    level: (level: number, step: string) => string
    next: string
    in: (age: string) => string
    due: string
    presses: string
    show: (file: string) => string
    more: (count: number) => string
    sharedBy: (centre: string) => string
  }
  withoutUnit: {
    title: string
    none: string
    by: string
    takenFor: string
    fallsBack: string
  }
  consoles: {
    title: string
    none: string
    operator: string
    fault: string
    faults: Record<ConsoleFault, string>
    fine: string
    sound: string
    sounds: Record<SoundState, string>
    silencedUntil: (time: string) => string
    doesNotSay: string
    forAge: (age: string) => string
    lag: string
    unknown: string
    attached: string
    heard: string
    node: string
  }
  answers: {
    title: string
    explained: string
    period: { day: string; month: string }
    alarms: string
    within: (seconds: number) => string
    target: (share: string) => string
    below: string
    share: (alarms: number, all: number) => string
    half: string
    nine: string
    escalated: string
    unanswered: string
    none: string
  }
  sirens: {
    title: string
    none: string
    when: string
    who: string
    what: string
    silenced: (until: string) => string
    silencedOnly: string
    blocked: string
  }
}
