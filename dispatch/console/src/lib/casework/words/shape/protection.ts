/** The words of: protection now. */
import type { FaultKind, ProtectionState, RiskLevel } from '../../../wire'

export interface ProtectionWords {
  title: string
  board: string
  state: Record<ProtectionState, string>
  risk: Record<RiskLevel, string>
  fault: Record<FaultKind, string>
  /** What the case team does about it. */
  remedy: Record<FaultKind, string>
  counts: Record<ProtectionState, (count: number) => string>
  columns: {
    file: string
    state: string
    why: string
    remedy: string
    day: string
    month: string
    risk: string
  }
  since: (when: string) => string
  heard: string
  neverHeard: string
  installing: string
  allProtected: string
  nobody: string
  showAll: (count: number) => string
  showFewer: string
  share: (percent: string) => string
  shares: (protectedPct: string, reachablePct: string) => string
  unknown: string
  course: string
  at: string
  notJudged: string
  telling: {
    title: string
    hint: string
    victim: string
    victimHint: string
    victimUnreachable: string
    zone: string
    zoneHint: string
    zoneUnreachable: string
    setBy: (name: string, when: string) => string
    saved: string
  }
}
