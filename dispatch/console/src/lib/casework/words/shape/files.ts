/** The words of: files, and their life from request to archive. */
import type {
  Advice,
  ClosingReason,
  Context,
  EvaluationAdvice,
  FileState,
  Forum,
  Gate,
  Procedure,
  RefusalReason,
  Requester,
  Role,
  StepKind,
  Threat,
  Turn,
} from '../../../wire'
import type { OtherField, Reminder, TakenKind } from '../../life'

export interface FilesWords {
  title: string
  back: string
  none: string
  noneSuch: string
  filter: { title: string; state: string; everyState: string; turn: string; everyone: string; mine: string }
  columns: { file: string; state: string; waits: string; lacks: string; ends: string; protection: string }
  state: Record<FileState, string>
  procedure: Record<Procedure, string>
  procedureHint: Record<Procedure, string>
  turn: Record<Turn, string>
  by: Partial<Record<Role, string>>
  /** A step as it is told: "was heard". */
  step: Record<StepKind, string>
  /** A step as a button that takes it. */
  act: Record<TakenKind, string>
  gate: Record<Gate, string>
  lacks: (what: string) => string
  lacksNothing: string
  notYours: (who: string) => string
  field: Record<OtherField | 'forum' | 'advice' | 'threat' | 'context' | 'reason' | 'requested_by', string>
  hint: Record<'ends_on' | 'to' | 'ground' | 'document' | 'pv_number' | 'risk_assessed' | 'closed', string>
  choice: {
    forum: Record<Forum, string>
    advice: Record<Advice | EvaluationAdvice, string>
    threat: Record<Threat, string>
    context: Record<Context, string>
    reason: Record<RefusalReason | ClosingReason, string>
    requested_by: Record<Requester, string>
  }
  reminder: Record<Reminder, string>
  onDate: string
  document: string
  ground: string
  groundErased: string
  system: string
  writtenDown: (when: string) => string
  fromTo: (from: string, to: string) => string
  done: (step: string) => string
  life: { title: string; awaited: string; notYet: string; next: string; nothingNext: string; steps: string }
  pending: {
    title: string
    decision: (when: string) => string
    decisionOverdue: (when: string) => string
    support: (when: string) => string
    supportOverdue: (when: string) => string
    evaluation: (day: string) => string
    evaluationOverdue: (day: string) => string
    refused: string
    goesOn: string
  }
  alarmOpen: string
  about: {
    title: string
    reference: string
    team: string
    procedure: string
    installed: string
    ends: string
    noEnd: string
    imported: string
    multiAgency: string
    held: string
    erased: string
    victim: string
    born: string
    phone: string
    address: string
    offender: string
    relation: string
    closedName: string
  }
  open: {
    act: string
    title: string
    submit: string
    reference: string
    referenceHint: string
    team: string
    victim: string
    born: string
    phone: string
    address: string
    offender: string
    relation: string
    ground: string
    done: string
  }
}
