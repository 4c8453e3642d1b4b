/** The words of what the wire enumerates, and of what every part of the screen names. */
import type { Standing } from '../../alarms'
import type {
  CircumstanceKind,
  LadderStep,
  MeasureKind,
  Method,
  Pattern,
  ProblemSlug,
  Purpose,
  Severity,
  SourceKind,
  UnitStatus,
} from '../../wire'

export interface NamesWords {
  /** BCP 47 tag for dates and names of languages. */
  locale: string
  product: string
  screen: string
  purpose: Record<Purpose, string>
  state: Record<Standing, string>
  severity: Record<Severity, string>
  circumstance: Record<CircumstanceKind, string>
  measure: Record<MeasureKind, string>
  method: Record<Method, string>
  pattern: Record<Pattern, string>
  unitStatus: Record<UnitStatus, string>
  ladder: Record<LadderStep, string>
  /** What an alarm came from; `name` is the other system's own. */
  source: Record<Exclude<SourceKind, 'button'>, (name: string | null) => string>
  problem: Record<ProblemSlug | 'unreachable', string>
  flag: Record<Flag, string>
  centre: Record<string, string>
  compass: readonly [string, string, string, string, string, string, string, string]
  ago: (age: string) => string
}

/** What the gateway notes as odd about a press, the gravest first; a code that is not here is shown as it is. */
export type Flag =
  | 'no_file'
  | 'shared_file'
  | 'unverified'
  | 'signature_invalid'
  | 'signature_body_changed'
  | 'signature_missing'
  | 'forgeable_button'
  | 'late'
  | 'latched'
  | 'spooled'
  | 'tracker_tampered'
  | 'no_position'
  | 'stale_position'
  | 'mock_position'
  | 'implausible_position'
  | 'jump_position'
  | 'imprecise_position'
  | 'near_border'
  | 'abroad_near'
  | 'abroad_far'
  | 'unreadable_facts'
  | 'clock_skew'
  | 'created_skew'
  | 'key_expired'
