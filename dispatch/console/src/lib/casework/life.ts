/** A file's life as it is drawn, and what a step asks of whoever takes it. */
import type { Refused } from './ask'
import type { FileState, FileView, Procedure, Role, StepKind, StepView, Turn } from '../wire'

export type TakenKind = Exclude<StepKind, 'requested' | 'imported' | 'evaluation_due' | 'decision_overdue'>

/** What the system's own steps remind of, as their facts say it. */
export type Reminder =
  'six_weeks' | 'two_weeks' | 'due' | 'decision_soon' | 'decision_overdue' | 'support_overdue'

/** A step on the line from request to archive. */
export interface Stage {
  readonly kind: StepKind
  /** The day it was last taken; null: not yet. */
  readonly on: string | null
  readonly awaited: boolean
}

const LINES: Record<Procedure, readonly StepKind[]> = {
  standard: [
    'requested',
    'heard',
    'deliberated',
    'granted',
    'victim_support_notified',
    'installed',
    'evaluated',
    'closed',
    'archived',
  ],
  urgent: [
    'requested',
    'installed',
    'victim_support_notified',
    'heard',
    'deliberated',
    'granted',
    'evaluated',
    'closed',
    'archived',
  ],
}

/** Whether she carries her alarm, or is being given it: before and after, she is not to be protected by it. */
export function isEquipped({ state, procedure }: Pick<FileView, 'state' | 'procedure'>): boolean {
  return state === 'installed' || state === 'granted' || (state === 'requested' && procedure === 'urgent')
}

const OVER: readonly FileState[] = ['refused', 'closed', 'archived']

/** The line of a file, with what was done on it; where it is over, what was never done is left out. */
export function stagesOf(file: FileView, steps: readonly StepView[]): readonly Stage[] {
  const taken = new Map(steps.map(({ kind, on_date }) => [kind, on_date]))
  const line = lineOf(file).map((kind) => ({
    kind,
    on: kind === 'evaluated' && !evaluatedInThisTerm(steps) ? null : (taken.get(kind) ?? null),
    awaited: kind === file.awaited || (kind === 'evaluated' && file.awaited === 'extended'),
  }))
  return OVER.includes(file.state) ? line.filter(({ on, awaited }) => on !== null || awaited) : line
}

function lineOf(file: FileView): readonly StepKind[] {
  if (file.imported) return ['imported', 'evaluated', 'closed', 'archived']
  const line = LINES[file.procedure]
  if (file.decision !== 'refused') return line
  return file.procedure === 'urgent'
    ? line.map((kind) => (kind === 'granted' ? 'refused' : kind)).filter((kind) => kind !== 'evaluated')
    : ['requested', 'heard', 'deliberated', 'refused', 'archived']
}

function evaluatedInThisTerm(steps: readonly StepView[]): boolean {
  const kinds = steps.map(({ kind }) => kind)
  const begun = Math.max(kinds.lastIndexOf('granted'), kinds.lastIndexOf('extended'))
  return kinds.lastIndexOf('evaluated') > begun
}

/** Whose turn it is that somebody of these roles calls hers. */
export function myTurn(roles: readonly Role[]): Turn {
  return roles.includes('case_officer') ? 'officer' : 'magistrate'
}

export type ChoiceField = 'forum' | 'advice' | 'threat' | 'context' | 'reason' | 'requested_by'
export type OtherField = 'willing' | 'agreement_signed' | 'risk_assessed' | 'ends_on' | 'to' | 'pv_number'

export type Ask =
  | { readonly name: ChoiceField; readonly choices: readonly string[] }
  | { readonly name: OtherField; readonly as: 'check' | 'day' | 'text'; readonly required?: boolean }

const REFUSALS = ['not_threatening', 'other_context', 'not_willing', 'other_measure']
const CLOSINGS = [
  'danger_over',
  'at_her_wish',
  'other_measure',
  'not_used',
  'refused',
  'moved_abroad',
  'deceased',
]

/** What each step asks besides its day, its document and its ground. */
export const ASKS: Readonly<Partial<Record<StepKind, readonly Ask[]>>> = {
  heard: [
    { name: 'willing', as: 'check' },
    { name: 'agreement_signed', as: 'check' },
  ],
  deliberated: [
    { name: 'forum', choices: ['indication_committee', 'case_consultation'] },
    { name: 'risk_assessed', as: 'check' },
    { name: 'advice', choices: ['grant', 'refuse', 'none'] },
  ],
  granted: [
    { name: 'threat', choices: ['life_threatening', 'threatening', 'not_threatening'] },
    { name: 'context', choices: ['domestic', 'honour', 'other'] },
    { name: 'ends_on', as: 'day' },
  ],
  refused: [{ name: 'reason', choices: REFUSALS }],
  evaluated: [{ name: 'advice', choices: ['extend', 'close'] }],
  extended: [{ name: 'ends_on', as: 'day' }],
  closed: [{ name: 'reason', choices: CLOSINGS }],
  transferred: [{ name: 'to', as: 'text', required: true }],
}

const GROUNDED: readonly StepKind[] = ['granted', 'refused', 'extended', 'closed', 'transferred']

/** Whether a step is taken on a ground that must be written down. */
export function needsGround(kind: StepKind): boolean {
  return GROUNDED.includes(kind)
}

/** A step as it is asked for: what was left empty is left out. */
export function wishOf(
  kind: StepKind,
  given: Readonly<Record<string, string | boolean>>,
): Record<string, string | boolean> {
  return { kind, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')) }
}

const MISSING = 'missing: '

/** Where a form asks for what a gate looks at. */
const ASKED_AT: Readonly<Partial<Record<string, string>>> = { ground: 'context' }

/** A refusal that names gates, with what is missing in words beside the field that brings it. */
export function inWords(refused: Refused, words: Readonly<Record<string, string>>): Refused {
  if (!refused.detail?.startsWith(MISSING)) return refused
  const errors = refused.detail
    .slice(MISSING.length)
    .split(', ')
    .map((gate) => ({ field: ASKED_AT[gate] ?? gate, message: words[gate] ?? gate }))
  return { ...refused, detail: null, errors }
}
