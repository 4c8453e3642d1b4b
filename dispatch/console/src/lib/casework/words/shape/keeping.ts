/** The words of: keeping and erasing. */
import type { ErasureGround, Hindrance } from '../../../wire'

export interface KeepingWords {
  title: string
  state: string
  kept: string
  held: (since: string) => string
  erased: (at: string) => string
  hold: string
  holdText: string
  release: string
  releaseText: string
  onlyMagistrate: string
  erase: string
  eraseText: string
  erasing: string
  reference: string
  referenceHint: string
  ground: string
  grounds: Record<ErasureGround, string>
  hindered: string
  hindrance: Record<Hindrance, string>
  byOrder: string
  exportTitle: string
  export: string
  exportText: string
  alarms: string
  alarmsText: string
  noAlarms: string
  raised: string
  purpose: string
  evidence: string
  evidenceOf: (raised: string) => string
  disposals: string
  disposedAt: string
  what: string
  by: string
  bySystem: string
  keys: (count: number) => string
  whole: string
}
