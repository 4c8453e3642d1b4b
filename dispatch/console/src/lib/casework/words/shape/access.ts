/** The words of: who may look at a file, and who looked. */
import type { DenialReason, GlassReason, GlassState, Role } from '../../../wire'

export interface AccessWords {
  title: string
  role: Record<Role, string>
  /** What was done, by its code in the journal; one of a later version shows its code. */
  kind: Readonly<Record<string, string>>
  why: Readonly<Record<string, string>>
  columns: { at: string; who: string; did: string; why: string; file: string }
  /** What the tables are of, for a screen reader: another name than their panels. */
  lists: { looks: string; asked: string; anomalies: string }
  audit: {
    title: string
    hint: string
    filter: string
    from: string
    to: string
    ofFile: (reference: string) => string
    ofPerson: (name: string) => string
    everything: string
    onlyFile: string
    onlyPerson: string
    empty: string
    honeytoken: string
    forVictim: string
    forVictimHint: string
    withNames: string
    download: (language: string) => string
    anomalies: string
    anomaliesHint: string
    noAnomalies: string
    manyLooks: (files: number, usual: number) => string
    honeyLooked: string
  }
  glass: {
    title: string
    asked: string
    hint: string
    ask: string
    centre: string
    reference: string
    reason: string
    words: string
    wordsHint: string
    sent: string
    reasons: Record<GlassReason, string>
    state: Record<GlassState, string>
    empty: string
    allow: string
    refuse: string
    allowText: (who: string, reference: string) => string
    answerBy: (when: string) => string
    until: (when: string) => string
    look: string
    theirs: string
    unreadable: string
    facts: { victim: string; phone: string; addresses: string; offender: string }
  }
  file: {
    looks: string
    looksHint: string
    noLooks: string
    denials: string
    denialsHint: string
    noDenials: string
    deny: string
    denyText: string
    whom: string
    reason: string
    words: string
    reasons: Record<DenialReason, string>
    deniedBy: (who: string, when: string) => string
    admittedBy: (who: string, when: string) => string
    admit: string
    admitText: (who: string) => string
    onCase: string
  }
}
