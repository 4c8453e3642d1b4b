// Generated from schemas/ by `npm run types`. Do not edit.

/**
 * Everything that crosses a process boundary, as this project writes it.
 */
export type Wire =
  | AlarmEvent
  | AlarmNotes
  | AlarmTrail
  | AlarmView
  | AnomalyView
  | Basemap
  | BatchAnswer
  | Board
  | CancelAnswer
  | CancelWish
  | CaseworkView
  | CentreView
  | Checked
  | CircumstancesEdit
  | CircumstancesView
  | CloseCode
  | CompanionHeartbeat
  | CompanionPolicy
  | ConsignmentReport
  | ConsoleFrame
  | DailyReport
  | DenialView
  | DenialWish
  | DeviceActRequest
  | DeviceHistory
  | DeviceModel
  | DevicePage
  | DeviceSummary
  | Enrolment
  | EnrolmentCodeRequest
  | EnrolmentCodeView
  | EnrolmentRequest
  | EraseWish
  | ErasureProof
  | EventResult
  | FileAccess
  | FileDevices
  | FileGlassWish
  | FileView
  | FilesPage
  | GapEvent
  | GlassAnswer
  | GlassView
  | GlassWish
  | HeartbeatAnswer
  | HoldWish
  | Honeytoken
  | HotspotPage
  | HotspotView
  | IdleReport
  | IntegratorView
  | KeepingView
  | LinkSignIn
  | LooksPage
  | NeedToKnow
  | NewFile
  | NewHotspot
  | NewPerimeter
  | NewTracker
  | NewUnit
  | Overview
  | PasswordAgain
  | PerimeterChange
  | PerimeterDecided
  | PerimeterEnded
  | PerimeterList
  | PerimeterView
  | PositionBatch
  | PositionsReceipt
  | Press
  | Problem
  | ProblemSlug
  | ProtectionCourse
  | Receipt
  | Registration
  | ResetEvent
  | RiskView
  | RiskWish
  | ServerFrame
  | SessionView
  | SignIn
  | SignInWays
  | Signals
  | SignedOut
  | Statistics
  | StepRequest
  | StepView
  | StepsView
  | Telling
  | ThinEvent
  | Timeline
  | TokenAnswer
  | Track
  | TrackerList
  | TrackerView
  | UnitChange
  | VersionList
  | WindowRequest
  | WindowView
/**
 * Why a press exists; only ``real`` sounds the siren.
 */
export type Purpose = 'real' | 'test' | 'exercise' | 'canary'
/**
 * What chose the centre of an alarm.
 */
export type RoutedBy = 'position' | 'registration' | 'nearest' | 'default'
/**
 * Why another centre sees an alarm too.
 */
export type ShareReason =
  'near_border' | 'doubtful_position' | 'escalated' | 'no_console' | 'crossed' | 'transferred'
/**
 * Whom a level of the ladder tells.
 */
export type LadderStep = 'remind' | 'supervisor' | 'neighbour' | 'national' | 'webhook'
/**
 * Where a unit stands with the alarm it is assigned to (EIDO: Dispatched, EnRoute, OnScene, Cleared).
 */
export type UnitStatus = 'dispatched' | 'en_route' | 'on_scene' | 'cleared'
/**
 * Whether the victim's position is being followed. ``lost``: it should be, and nothing comes.
 */
export type TrackingState = 'off' | 'live' | 'lost' | 'ended'
/**
 * How a position was obtained.
 */
export type Method = 'gnss' | 'network' | 'fused' | 'recorded' | 'unknown'
/**
 * How a device is; a fault of it never looks like an alarm.
 */
export type ConditionKind = 'ok' | 'battery_low' | 'battery_failed' | 'link_lost' | 'tampered' | 'failed'
/**
 * What closing an alarm needs.
 */
export type Outcome =
  | 'arrest'
  | 'offender_gone'
  | 'offender_not_found'
  | 'prevented'
  | 'slip'
  | 'test'
  | 'technical'
  | 'duplicate'
  | 'misuse'
/**
 * The states of an alarm; how it moves between them is ``gateway.domain.alarm``.
 */
export type AlarmState = 'raised' | 'acknowledged' | 'closed'
/**
 * The act on the button.
 */
export type Pattern = 'short' | 'double' | 'hold'
/**
 * How old somebody is, as far as a team must know.
 */
export type AgeBand = 'baby' | 'child' | 'teenager' | 'adult' | 'elderly'
/**
 * What a circumstance is about; the console has a word for each in every language.
 */
export type CircumstanceKind =
  | 'weapon'
  | 'threat_to_life'
  | 'children'
  | 'measure'
  | 'approach'
  | 'medical'
  | 'mental_state'
  | 'vehicle'
  | 'pet'
  | 'habit'
  | 'place'
  | 'other'
/**
 * Which measure a circumstance of that kind is; it ends on ``until``.
 */
export type MeasureKind = 'contact_ban' | 'area_ban' | 'home_ban' | 'duty_to_report' | 'other'
/**
 * How much a circumstance changes what the team does; the console lists them in this order.
 */
export type Severity = 'critical' | 'high' | 'normal'
/**
 * What an alarm came from. ``device``: a button without a phone; ``perimeter``: a zone was entered.
 */
export type SourceKind = 'button' | 'app_112' | 'device' | 'alarm_centre' | 'perimeter'
/**
 * What is odd about how somebody looks.
 */
export type AnomalyKind = 'many_looks' | 'honeytoken'
/**
 * How the basemap is fetched and drawn.
 */
export type BasemapKind = 'schematic' | 'pmtiles' | 'xyz' | 'wmts' | 'wms' | 'style'
/**
 * What a WMS or WMTS is asked in; the map itself is always in Web Mercator.
 */
export type Projection = 'EPSG:3857' | 'EPSG:4326'
/**
 * What became of one event.
 *
 * ``committed``: an alarm, on its way to the consoles. ``accepted``: durable, worked off behind the
 * alarms. ``coalesced``: durable in so far as a newer one of the same subject stands for it.
 * ``refused``: not kept; ``problem`` says what to change. ``unknown``: not known to be kept; send the same
 * again.
 */
export type EventFate = 'committed' | 'accepted' | 'coalesced' | 'refused' | 'unknown'
/**
 * How great the danger is judged to be; each level has its review interval.
 */
export type RiskLevel = 'low' | 'medium' | 'high' | 'extreme'
/**
 * ``degraded``: a press would still arrive, with less. ``unprotected``: it might not arrive.
 */
export type ProtectionState = 'protected' | 'degraded' | 'unprotected'
/**
 * A technical condition. It never looks or sounds like an alarm.
 */
export type FaultKind =
  | 'no_companion'
  | 'companion_silent'
  | 'button_link_lost'
  | 'button_battery_low'
  | 'button_battery_critical'
  | 'phone_battery_low'
  | 'phone_battery_critical'
  | 'permission_missing'
  | 'clock_wrong'
  | 'no_position_source'
  | 'presses_waiting'
  | 'outdated'
  | 'device_tampered'
  | 'device_failed'
/**
 * What an account may do; operator and supervisor are bound to centres.
 *
 * ``canary`` is no person: the system watching itself, which sees canaries and nothing else.
 */
export type Role =
  'operator' | 'supervisor' | 'case_officer' | 'magistrate' | 'integrator' | 'auditor' | 'admin' | 'canary'
/**
 * A page of the case teams' application.
 */
export type CaseworkPage = 'files' | 'devices' | 'hotspots' | 'report' | 'statistics' | 'glass' | 'audit'
/**
 * Why the gateway closed a console's websocket.
 */
export type CloseCode = 1012 | 1008 | 1009 | 4400 | 4401 | 4403 | 4408 | 4409
/**
 * Whether the companion hears the button.
 */
export type LinkState = 'up' | 'down' | 'unknown'
/**
 * Whether the companion has positions.
 */
export type PositionSourceState = 'ok' | 'no_fix' | 'off'
/**
 * What is wrong in a line of a consignment.
 */
export type ConsignmentFault =
  | 'not_utf8'
  | 'not_csv'
  | 'no_rows'
  | 'too_many_rows'
  | 'column_missing'
  | 'column_unknown'
  | 'column_twice'
  | 'cells'
  | 'missing'
  | 'too_long'
  | 'characters'
  | 'kind'
  | 'model'
  | 'no_button'
  | 'team'
  | 'date'
  | 'date_ahead'
  | 'twice'
  | 'known'
export type ConsoleFrame =
  | Attach
  | Delivered
  | Condition
  | Acknowledge
  | Assign
  | ReportUnit
  | AddNote
  | Transfer
  | Close
  | Reopen
  | Review
  | SetDuty
  | ClearNotice
  | ShelveNotice
  | UnshelveNotice
  | Pong
/**
 * Whether a console's siren can be heard. ``blocked``: it cannot, or nobody heard its check.
 */
export type SoundState = 'unchecked' | 'ready' | 'sounding' | 'silenced' | 'blocked'
/**
 * Why a notice is put aside: a code, as free text may be personal and the log of events is not sealed.
 */
export type ShelvingReason = 'in_hand' | 'known_cause' | 'planned' | 'office_hours' | 'doubtful'
/**
 * Whether a press would have brought a position. ``unknown``: nothing was heard for a while.
 */
export type PositionHealth = 'good' | 'old' | 'none' | 'off' | 'unknown'
/**
 * What waits for somebody.
 */
export type TaskKind =
  | 'decision_overdue'
  | 'decision'
  | 'support_overdue'
  | 'evaluation_overdue'
  | 'evaluation'
  | 'review'
  | 'officer'
  | 'magistrate'
/**
 * What became of a report's mail. ``unaddressed``: there was nobody to send it to.
 */
export type SendingState = 'due' | 'sent' | 'unaddressed' | 'given_up'
/**
 * Why somebody may never see a file.
 */
export type DenialReason = 'suspect' | 'relative' | 'acquaintance' | 'recused' | 'other'
/**
 * What is done with a device.
 */
export type DeviceAct =
  | 'receive'
  | 'transfer'
  | 'issue'
  | 'pair'
  | 'test'
  | 'report_faulty'
  | 'report_lost'
  | 'found'
  | 'return'
  | 'wipe'
  | 'restock'
  | 'retire'
/**
 * Why a device is faulty, lost or retired: a code, as free text may be personal.
 */
export type DeviceReason =
  | 'damaged'
  | 'battery'
  | 'no_link'
  | 'no_press'
  | 'mislaid'
  | 'stolen'
  | 'outdated'
  | 'beyond_repair'
  | 'other'
/**
 * A phone is the device on which a companion runs.
 */
export type DeviceKind = 'button' | 'phone'
/**
 * Where a device is in its life; ``docs/casework.md`` has the table.
 */
export type DeviceState =
  'stock' | 'issued' | 'paired' | 'tested' | 'faulty' | 'lost' | 'returned' | 'wiped' | 'retired'
/**
 * On what ground a file is erased: a code, as free text may be personal.
 */
export type ErasureGround = 'retention' | 'request' | 'court_order'
/**
 * Why somebody asks to see a file that is not hers.
 */
export type GlassReason = 'danger' | 'no_alarm' | 'handover' | 'inquiry' | 'other'
/**
 * What became of the asking. ``lapsed``: nobody answered in time; ``over``: the hour has passed.
 */
export type GlassState = 'asked' | 'allowed' | 'refused' | 'lapsed' | 'over'
/**
 * How far a file has come. ``installed``: she carries her alarm, until ``closed``.
 */
export type FileState =
  'requested' | 'heard' | 'deliberated' | 'granted' | 'refused' | 'installed' | 'closed' | 'archived'
/**
 * ``urgent``: the alarm is installed at once; hearing, deliberation and decision follow.
 */
export type Procedure = 'standard' | 'urgent'
/**
 * Whom a file is about; only a real victim's, or a stand-in, can raise a real alarm.
 *
 * ``stand_in``: nobody's file; it stands for somebody whom an integrator raised an alarm for and who
 * has none here, so that the alarm is shown all the same.
 */
export type Population = 'real' | 'exercise' | 'canary' | 'stand_in'
/**
 * Whose next step a file waits for.
 */
export type Turn = 'officer' | 'magistrate' | 'nobody'
/**
 * What was done, in the past tense. The last four are the system's own.
 */
export type StepKind =
  | 'requested'
  | 'heard'
  | 'deliberated'
  | 'granted'
  | 'refused'
  | 'installed'
  | 'victim_support_notified'
  | 'evaluated'
  | 'extended'
  | 'closed'
  | 'archived'
  | 'transferred'
  | 'multi_agency_began'
  | 'multi_agency_ended'
  | 'imported'
  | 'evaluation_due'
  | 'decision_overdue'
/**
 * What a step cannot do without; a step that lacks one is refused with its code.
 */
export type Gate =
  | 'pv_number'
  | 'willing'
  | 'agreement_signed'
  | 'deliberated'
  | 'risk_assessed'
  | 'ground'
  | 'undecided'
  | 'granted'
  | 'proof_press'
  | 'proof_position'
  | 'support_notified'
  | 'evaluated'
  | 'no_open_alarm'
  | 'support_open'
  | 'out_of_multi_agency'
  | 'in_multi_agency'
  | 'evaluation_near'
  | 'decision_late'
/**
 * What is flagged.
 */
export type HotspotKind = 'address' | 'number'
/**
 * Why a flag is no more.
 */
export type HotspotEnd = 'file' | 'hand' | 'date'
/**
 * How a device lies unused.
 */
export type IdleKind = 'silent' | 'in_stock' | 'unwiped'
/**
 * What an integrator may do. ``events:*`` are doors in, by kind of event; the others are doors out.
 */
export type IntegratorScope =
  | 'events:alarms'
  | 'events:positions'
  | 'events:calls'
  | 'events:chat'
  | 'events:medical'
  | 'events:conditions'
  | 'events:trackers'
  | 'streams:read'
  | 'persons:read'
/**
 * Why a file is not erased now.
 */
export type Hindrance = 'erased' | 'held' | 'alarm_open' | 'not_closed'
/**
 * Who asked for the alarm.
 */
export type Requester = 'victim' | 'police' | 'third_party' | 'magistrate'
/**
 * When the victim herself is told. The centre always is.
 */
export type VictimTold = 'never' | 'on_breach' | 'on_pre_alert'
/**
 * What follows if a tracker is tampered with while it is in the ring.
 */
export type TamperedNear = 'notice' | 'alarm'
/**
 * Whom a tracker is on.
 */
export type TrackerRole = 'offender' | 'victim'
/**
 * Why an alarm might come to a console unnoticed, the gravest first.
 */
export type ConsoleFault =
  'sound_blocked' | 'not_heard' | 'hidden' | 'sound_unchecked' | 'slow' | 'may_go_dark'
/**
 * Something to do at leisure.
 */
export type NoticeKind =
  | 'protection'
  | 'flood'
  | 'many_silent'
  | 'unattended'
  | 'attended_again'
  | 'second_look'
  | 'escalated'
  | 'exercise'
  | 'test_window'
  | 'webhook_failed'
  | 'decision_due'
  | 'support_due'
  | 'evaluation_due'
  | 'glass'
  | 'looks'
  | 'reviews_due'
  | 'hotspot'
  | 'events_quarantined'
  | 'strangers'
  | 'receiver_failed'
  | 'perimeter'
  | 'perimeter_blind'
  | 'perimeter_sees'
  | 'tracker_fault'
  | 'call_flagged'
/**
 * For whom a notice is.
 */
export type Audience = 'case_team' | 'supervisor' | 'everybody'
/**
 * ``in_force`` from its first day to its last; what ended is kept, and watches nobody.
 */
export type PerimeterState = 'draft' | 'in_force' | 'ended'
/**
 * Where a tracker is, as far as one perimeter is concerned.
 */
export type WatchState = 'far' | 'pre_alert' | 'possible_breach' | 'breach' | 'leaving'
/**
 * The last segment of a problem's type.
 */
export type ProblemSlug =
  | 'malformed'
  | 'invalid'
  | 'not-signed-in'
  | 'wrong-credentials'
  | 'signature-missing'
  | 'signature-invalid'
  | 'signature-replayed'
  | 'companion-revoked'
  | 'enrolment-code-invalid'
  | 'token-missing'
  | 'token-invalid'
  | 'scope-missing'
  | 'not-yours'
  | 'wrong-origin'
  | 'not-found'
  | 'method-not-allowed'
  | 'already-taken'
  | 'stale-version'
  | 'not-allowed-now'
  | 'unit-taken'
  | 'no-open-alarm'
  | 'supervisor-only'
  | 'too-large'
  | 'too-slow'
  | 'too-many'
  | 'unavailable'
  | 'spool-full'
  | 'failed'
export type ServerFrame =
  | Welcome
  | Reset
  | Snapshot
  | Event
  | PositionFrame
  | CaughtUp
  | Result
  | Refused
  | Heartbeat
  | Noted
  | Provisional
  | ProvisionalOver
  | Reconnect
/**
 * ``seen``: an operator has it. ``unit_on_the_way``: a team was sent and is not back yet.
 */
export type SignalKind = 'committed' | 'seen' | 'unit_on_the_way' | 'closed'
/**
 * What a row of figures is about, besides its year.
 */
export type By = 'year' | 'centre' | 'arrondissement' | 'zone'
/**
 * Where police and prosecutor consulted: the 'indicatiecommissie', or article 458ter's consultation.
 */
export type Forum = 'indication_committee' | 'case_consultation'
/**
 * What those who deliberated advise the magistrate.
 */
export type Advice = 'grant' | 'refuse' | 'none'
/**
 * How dangerous the stalking is.
 */
export type Threat = 'life_threatening' | 'threatening' | 'not_threatening'
/**
 * In what context she is stalked.
 */
export type Context = 'domestic' | 'honour' | 'other'
/**
 * Why the magistrate refuses.
 */
export type RefusalReason = 'not_threatening' | 'other_context' | 'not_willing' | 'other_measure'
/**
 * What the evaluation says.
 */
export type EvaluationAdvice = 'extend' | 'close'
/**
 * Why the magistrate closes.
 */
export type ClosingReason =
  'danger_over' | 'at_her_wish' | 'other_measure' | 'not_used' | 'refused' | 'moved_abroad' | 'deceased'
export type JsonValue = unknown

/**
 * What happened to an alarm, with the alarm as it is after it.
 */
export interface AlarmEvent {
  specversion: '1.0'
  /**
   * `be.msa.` and the event's kind
   */
  type: string
  /**
   * The centre
   */
  source: string
  /**
   * EPOCH:SEQUENCE; in a snapshot the alarm's id follows
   */
  id: string
  /**
   * The alarm
   */
  subject: string
  time: string
  datacontenttype: string
  /**
   * `urn:msa:schema:v1:` and the model of the data
   */
  dataschema: string
  sequence: string
  purpose: Purpose
  data: AlarmView
}
/**
 * Everything a console shows of one alarm, after the event that carries it.
 *
 * ``centre`` owns it; the stream that carries it may be that of a centre it is shared with.
 *
 * ``person`` is None where the alarm is not enriched (``enriched`` false): un-enriched beats delayed.
 */
export interface AlarmView {
  /**
   * Version of her last press or wish to cancel: who closes must have seen it
   */
  news_version: number
  routed_by: RoutedBy
  /**
   * A test window was open until then when she last pressed in it
   */
  test_until: string | null
  shared: Share[]
  escalation: Escalation | null
  /**
   * When the next level is told
   */
  escalates_at: string | null
  /**
   * When an acknowledgement without a unit falls back to raised
   */
  lapses_at: string | null
  /**
   * How often that has happened
   */
  lapses: number
  units: AssignedUnit[]
  tracking: TrackingState
  tracking_until: string | null
  /**
   * Where she was when the last unit was told; moves are measured from it
   */
  assigned_position: Position | null
  /**
   * How far she has moved since, in m
   */
  moved_m: number | null
  /**
   * She is in another centre's area: a hand-over is offered to it
   */
  crossed_to: string | null
  cancel: CancelRequest | null
  /**
   * Emergency calls of hers that other systems told of
   */
  calls: number
  /**
   * Lines of the 112 app's chat so far; they are notes
   */
  messages: number
  /**
   * How often medical fields came; they are notes
   */
  medical: number
  device: DeviceReport | null
  closure: Closure | null
  reopened: number
  alarm_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  registration_id: string
  reference: string | null
  purpose: Purpose
  state: AlarmState
  version: number
  raised_at: string
  press_count: number
  last_pressed_at: string
  pattern: Pattern | null
  /**
   * The companion's signature held; false asks for a call back
   */
  verified: boolean
  flags: string[]
  button: ButtonReading | null
  phone_battery_pct: number | null
  /**
   * Newest first, on the gateway's clock
   */
  positions: Position[]
  acknowledged_by: OperatorName | null
  acknowledged_at: string | null
  enriched: boolean
  person: Person | null
  circumstances: Circumstance[]
  /**
   * The latest, newest first; all of them by HTTP
   */
  notes: Note[]
  trail: Trail
  source: AlarmSource
  breach: Breach | null
}
/**
 * A centre that sees an alarm besides the one that owns it; its operators may act on it too.
 */
export interface Share {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reason: ShareReason
  since: string
}
/**
 * The last level an unanswered alarm has reached since it was raised (again).
 */
export interface Escalation {
  level: number
  step: LadderStep
  /**
   * Everything that this event did: more than ``step`` where levels were owed
   */
  steps: LadderStep[]
  reason: 'unanswered' | 'no_console'
  at: string
  /**
   * Centres that this level told
   *
   * Items: A centre (CIC), named by its ISO 3166-2 province code
   */
  to: string[]
}
/**
 * A unit as an alarm shows it.
 */
export interface AssignedUnit {
  unit_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * Its call sign
   */
  name: string
  status: UnitStatus
  assigned_at: string
  assigned_by: OperatorName
  status_at: string
  eta_s: number | null
  /**
   * Cleared because it was sent elsewhere by force
   */
  taken_away: boolean
}
/**
 * Who did something, and for which centre.
 */
export interface OperatorName {
  operator_id: string
  name: string
  centre: string | null
}
/**
 * One fix in WGS84, with what a reader needs to judge it.
 *
 * ``radius_m`` is the uncertainty at ``confidence`` (PIDF-LO circle, RFC 7459); None means that
 * the source did not say. ``age_s`` is how old the fix was when the message was sent, taken from
 * a monotonic clock: with it the gateway places ``fixed_at`` on its own clock, whatever the
 * phone's clock says.
 */
export interface Position {
  latitude: number
  longitude: number
  radius_m: number | null
  confidence: number
  fixed_at: string
  age_s: number | null
  method: Method
  /**
   * The phone says that the fix is simulated
   */
  mock: boolean
  speed_mps: number | null
  heading_deg: number | null
}
/**
 * The victim's phone asked to cancel: that lowers nothing. ``coerced``: she gave her duress word.
 */
export interface CancelRequest {
  at: string
  coerced: boolean
  /**
   * Which of her words came with it; the word itself is never kept
   */
  word: 'none' | 'safe' | 'duress' | 'unknown'
  count: number
}
/**
 * How her device is, as another system said last while the alarm was open.
 */
export interface DeviceReport {
  condition: ConditionKind
  battery_pct: number | null
  at: string
}
/**
 * How it was closed; what needs a second look does not count until ``reviewed_at``.
 */
export interface Closure {
  at: string
  /**
   * None: the gateway itself, for what is not real
   */
  by: OperatorName | null
  outcome: Outcome
  needs_second_look: boolean
  reviewed_by: OperatorName | null
  reviewed_at: string | null
  disposition: Disposition
}
/**
 * The outcome as APCO ANS 1.111.2 codes it
 */
export interface Disposition {
  code: string
  sub_code: string | null
}
/**
 * What the bridge knows of the button at the press.
 *
 * ``counter`` counts presses since ``boot``; both only where the button has them. ``forgeable``
 * is true where anyone near can imitate the button (no bond, no encryption).
 */
export interface ButtonReading {
  button_id: string
  driver: string
  bonded: boolean
  encrypted: boolean
  forgeable: boolean
  counter: number | null
  boot: number | null
  battery_pct: number | null
}
/**
 * Who is behind an alarm: everything personal, sealed together in the database.
 */
export interface Person {
  victim: Victim
  offender: Offender | null
  /**
   * @maxItems 6
   */
  co_protected: CoProtected[]
  /**
   * When somebody last confirmed who they are and where
   */
  checked_on: string | null
  /**
   * She says it on the phone if she is free to speak
   */
  safe_word: string | null
  /**
   * She gives it when she is made to cancel: coercion is flagged, nothing ends
   */
  duress_word: string | null
}
/**
 * The protected person.
 */
export interface Victim {
  name: string
  born_on: string | null
  /**
   * @maxItems 5
   *
   * Items: BCP 47 language tag
   */
  languages: string[]
  phone: string | null
  /**
   * @maxItems 5
   */
  addresses: Address[]
  /**
   * Reference of her photo in the police's own store
   */
  photo: string | null
  /**
   * Photo kept here; None: none is
   */
  photo_version: number | null
}
/**
 * A place that belongs to a person, e.g. home or work.
 */
export interface Address {
  label: string
  text: string
  /**
   * WGS84; with it a position near the address is told (``/v1/hotspots``)
   */
  latitude: number | null
  longitude: number | null
}
/**
 * The person she is threatened by.
 */
export interface Offender {
  name: string
  also_known_as: string | null
  born_on: string | null
  relation: string | null
  description: string | null
  vehicle: string | null
  /**
   * @maxItems 5
   */
  addresses: Address[]
  photo: string | null
  photo_version: number | null
}
/**
 * Somebody who is in danger with her, e.g. a child.
 */
export interface CoProtected {
  name: string
  relation: string | null
  age_band: AgeBand | null
}
/**
 * One thing to know on arrival, in the language it was written in.
 */
export interface Circumstance {
  kind: CircumstanceKind
  /**
   * Of a court measure: which
   */
  measure: MeasureKind | null
  severity: Severity
  text: string
  /**
   * BCP 47 language tag
   */
  lang: string
  /**
   * When somebody last confirmed it
   */
  checked_on: string | null
  /**
   * When it ends, e.g. a contact ban
   */
  until: string | null
}
/**
 * What an operator wrote, or another system said; ``about`` is the kind of event it came with.
 */
export interface Note {
  at: string
  by: OperatorName1
  text: string
  about: string
  /**
   * When it was said, as the other system tells
   */
  said_at: string | null
  /**
   * Who wrote a chat line
   */
  said_by: ('victim' | 'centre') | null
  lang: string | null
}
/**
 * Who did something, and for which centre.
 */
export interface OperatorName1 {
  operator_id: string
  name: string
  centre: string | null
}
/**
 * The instants of an alarm's first press, in the order they happen.
 *
 * Clocks: ``pressed_at``, ``heard_at`` and ``sent_at`` are the companion's, moved to the
 * gateway's clock when ``companion_skew_ms`` (how far the companion's clock is ahead) is known;
 * the rest are the gateway's and its database's. ``delivered_at`` is when the first console's
 * ``delivered`` arrived. ``trace_id`` and ``span_id`` (W3C Trace Context) are of the request that
 * brought it: under the first its way is found in logs and traces.
 */
export interface Trail {
  pressed_at: string | null
  heard_at: string | null
  sent_at: string | null
  received_at: string
  committed_at: string
  fanned_out_at: string | null
  delivered_at: string | null
  acknowledged_at: string | null
  companion_skew_ms: number | null
  trace_id: string | null
  span_id: string | null
}
/**
 * What the last sign of an alarm came from; ``name`` is the integrator's, None for our own button.
 */
export interface AlarmSource {
  kind: SourceKind
  name: string | null
}
/**
 * The offender is, or may be, where a judge forbade it: the last judgement while the alarm is open.
 *
 * ``probability`` is that of being inside, as the fix and its radius say; below 0.95 it is possible, not
 * certain. ``distance_m`` and ``heading_deg`` lead to the offender: from the victim, or ``from_place``,
 * where it is not known where she is now, from the zone's middle.
 */
export interface Breach {
  perimeter_id: string
  name: string
  certain: boolean
  probability: number
  distance_m: number | null
  heading_deg: number | null
  from_place: boolean
  approaching: boolean | null
  offender: Position
  /**
   * Which offender, by his tracker's number
   */
  number: number
  /**
   * How many wear a tracker for the file
   */
  of: number
  judged_at: string
  /**
   * False: he has left since, and is shown all the same
   */
  inside: boolean
}
/**
 * All notes of an alarm, newest first (``GET /v1/alarms/{id}/notes``).
 */
export interface AlarmNotes {
  alarm_id: string
  /**
   * False: her file was erased, and the notes with it
   */
  readable: boolean
  notes: Note[]
}
/**
 * The instants of an alarm and what lies between them.
 */
export interface AlarmTrail {
  alarm_id: string
  trail: Trail
  durations_ms: Durations
  /**
   * Received to delivered
   */
  budget_ms: number
  /**
   * None while nobody has been shown the alarm
   */
  within_budget: boolean | null
}
/**
 * The legs of the way from the finger to the eye, and to the answer.
 */
export interface Durations {
  button_to_bridge: number | null
  bridge_to_commit: number | null
  commit_to_delivered: number | null
  pressed_to_delivered: number | null
  pressed_to_acknowledged: number | null
}
/**
 * Somebody looked at more files than she and her like do, or at one that nobody has a reason to see.
 */
export interface AnomalyView {
  anomaly_id: string
  kind: AnomalyKind
  at: string
  by: OperatorName
  roles: string[]
  registration_id: string | null
  /**
   * Different files within the hour
   */
  files: number | null
  /**
   * What was to be expected at most
   */
  usual: number | null
}
/**
 * The basemap that this gateway's consoles show.
 *
 * ``schematic``: drawn from the files in ``geodata/``, nothing else is set. Otherwise ``url`` is the
 * PMTiles file, the template of the tiles (``{z}``, ``{x}``, ``{y}`` or ``{-y}``, ``{a-c}``), the WMTS's
 * capabilities document, the WMS's base, or the MapLibre style.
 */
export interface Basemap {
  kind: BasemapKind
  url: string | null
  /**
   * Plain text, shown on the map
   */
  attribution: string | null
  /**
   * WMTS and WMS: the layer, or several by commas
   */
  layer: string | null
  /**
   * WMTS: the tile matrix set
   */
  matrix_set: string | null
  projection: Projection
  /**
   * A zoom level of web maps; 0 is the world in one tile
   */
  min_zoom: number
  /**
   * Beyond it, the tiles of this level are enlarged
   */
  max_zoom: number
}
/**
 * One result an event, in the order of the batch.
 */
export interface BatchAnswer {
  results: EventResult[]
}
/**
 * What became of one event of a request; those of a batch stand in its order.
 */
export interface EventResult {
  /**
   * The event's own id; None where it had none
   */
  id: string | null
  source: string | null
  fate: EventFate
  seen_before: boolean
  alarm_id: string | null
  centre: string | null
  sequence: number | null
  flags: string[]
  problem: Problem | null
}
/**
 * RFC 9457 problem details, with the fields at fault in ``errors``.
 */
export interface Problem {
  /**
   * Stable URI; its last segment is the slug
   */
  type: string
  title: string
  status: number
  detail: string | null
  instance: string | null
  errors: FieldError[]
}
/**
 * One field that is wrong, by its JSON path.
 */
export interface FieldError {
  field: string
  message: string
}
/**
 * The files of one's teams that should be protected, the worst first (``GET /v1/casework/board``).
 */
export interface Board {
  at: string
  protected: number
  degraded: number
  unprotected: number
  files: BoardFile[]
}
/**
 * One file on the board; no name, as whoever watches the board needs none.
 */
export interface BoardFile {
  registration_id: string
  reference: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  risk: RiskLevel
  /**
   * Where the file's life stands
   */
  life: string
  state: ProtectionState
  since: string
  faults: Fault[]
  day: ProtectionShares
  month: ProtectionShares1
}
/**
 * One fault and since when.
 */
export interface Fault {
  kind: FaultKind
  since: string
}
/**
 * The last 24 hours
 */
export interface ProtectionShares {
  /**
   * None: nothing is known
   */
  protected_pct: number | null
  /**
   * Protected or degraded: a press would have arrived, if with less
   */
  reachable_pct: number | null
}
/**
 * The last 30 days
 */
export interface ProtectionShares1 {
  /**
   * None: nothing is known
   */
  protected_pct: number | null
  /**
   * Protected or degraded: a press would have arrived, if with less
   */
  reachable_pct: number | null
}
/**
 * What her phone is told, whatever word she gave. The alarm goes on.
 */
export interface CancelAnswer {
  alarm_id: string
  noted: true
}
/**
 * The victim's phone asks to cancel (``POST /v1/alarms/{id}/cancel``); the answer is always the same.
 */
export interface CancelWish {
  word: string | null
}
/**
 * Who is here, for which teams, and which pages are hers (``GET /v1/casework``).
 */
export interface CaseworkView {
  operator: OperatorView
  teams: TeamView[]
  pages: CaseworkPage[]
}
/**
 * The person at a console.
 */
export interface OperatorView {
  operator_id: string
  name: string
  roles: Role[]
  /**
   * Items: A centre (CIC), named by its ISO 3166-2 province code
   */
  centres: string[]
}
/**
 * A case team.
 */
export interface TeamView {
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  name: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * None: of the centre's own team
   */
  arrondissement: string | null
}
/**
 * One centre (``GET /v1/centres``).
 */
export interface CentreView {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  name: string
}
/**
 * Somebody went through these today, and nothing has changed.
 */
export interface Checked {
  expected_version: number
  /**
   * @maxItems 16
   */
  entries: number[]
  person: boolean
}
/**
 * A file's person and circumstances as they shall be; photos and review dates are not set by it.
 */
export interface CircumstancesEdit {
  expected_version: number
  person: Person
  /**
   * @maxItems 16
   */
  circumstances: Circumstance[]
}
/**
 * One version of a file's circumstances, opened; of an old one, nothing is due.
 */
export interface CircumstancesView {
  registration_id: string
  reference: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  version: number
  newest: boolean
  saved_at: string
  /**
   * None: it was imported
   */
  saved_by: OperatorName | null
  person: Person
  circumstances: Circumstance[]
  reviews: ReviewClock[]
  screen_lines: number
  screen_lines_max: number
  risk: RiskView
  /**
   * This person may save, confirm and raise; else she reads and decides
   */
  may_edit: boolean
  /**
   * An alarm of hers is open, and shows what the file held when she pressed
   */
  alarm_open: boolean
}
/**
 * When something of a file wants to be gone through again.
 */
export interface ReviewClock {
  /**
   * Place in ``circumstances``, from 0; None: who they are and where
   */
  entry: number | null
  /**
   * None: nobody has ever confirmed it, it is due now
   */
  due_on: string | null
  overdue: boolean
}
/**
 * The level of a file, how often it wants a review, and what is asked about it.
 */
export interface RiskView {
  level: RiskLevel
  review_days: number
  lowering: Lowering | null
}
/**
 * A lower level that somebody asked for; a second person says yes, or it lapses.
 */
export interface Lowering {
  request_id: string
  level: RiskLevel
  asked_by: OperatorName
  asked_at: string
  expires_at: string
  /**
   * None: it cannot be opened
   */
  ground: string | null
  /**
   * Whoever asked cannot be the second person
   */
  mine: boolean
}
/**
 * Proof of life of a companion (``POST /v1/heartbeats``), and how it is.
 */
export interface CompanionHeartbeat {
  sent_at: string | null
  companion_version: string | null
  phone_battery_pct: number | null
  phone_charging: boolean | null
  button_battery_pct: number | null
  button_link: LinkState
  button_link_since_s: number | null
  /**
   * E.g. bluetooth, location, background
   *
   * @maxItems 10
   */
  missing_permissions: string[]
  position_source: PositionSourceState
  last_fix_age_s: number | null
  presses_waiting: number
  /**
   * The alarm it is tracking for
   */
  alarm_id: string | null
}
/**
 * How the companion behaves.
 */
export interface CompanionPolicy {
  heartbeat_s: number
  signals_wait_s: number
  retry_max_s: number
  /**
   * How long positions are sent after a press
   */
  tracking_s: number
  /**
   * How often, while the battery is well
   */
  tracking_every_s: number
  /**
   * Phone battery below which it sends less often
   */
  tracking_low_pct: number
  /**
   * How often then
   */
  tracking_low_every_s: number
}
/**
 * What became of a consignment (``POST /v1/devices/imports``): all of it received, or nothing.
 */
export interface ConsignmentReport {
  rows: number
  received: number
  dry_run: boolean
  errors: ConsignmentError[]
}
/**
 * What is wrong in one line, by its number from 1; what the line says is not repeated.
 */
export interface ConsignmentError {
  line: number
  column: string | null
  fault: ConsignmentFault
  /**
   * Where it stands already
   */
  other_line: number | null
  message: string
}
/**
 * Follow these centres, each from its cursor (none: from a snapshot). May be sent again.
 */
export interface Attach {
  type: 'attach'
  /**
   * One attached screen; a second attach with it supersedes the first
   */
  console: string
  /**
   * @minItems 1
   * @maxItems 32
   *
   * Items: A centre (CIC), named by its ISO 3166-2 province code
   */
  centres: string[]
  cursors: {
    [k: string]: Cursor
  }
}
/**
 * A place in a centre's stream. ``epoch`` changes when the log cannot be continued.
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[A-Z]{2}-[A-Z0-9]{1,3}$".
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[A-Z]{2}-[A-Z0-9]{1,3}$".
 */
export interface Cursor {
  epoch: string
  sequence: number
}
/**
 * The alarm was drawn on a screen at ``painted_at`` (the console's clock).
 */
export interface Delivered {
  type: 'delivered'
  alarm_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  sequence: number
  painted_at: string
}
/**
 * How a console is: said once attached, with each heartbeat and on each change; answered ``noted``.
 */
export interface Condition {
  type: 'condition'
  sound: SoundState
  /**
   * When a silenced siren sounds again
   */
  silenced_until: string | null
  /**
   * The page is in front, not in a hidden tab
   */
  visible: boolean
  /**
   * The workstation's screen is kept from going dark
   */
  awake: boolean
  /**
   * It shows the wall display: nobody answers at it, so it attends no centre
   */
  wall: boolean
  /**
   * How long the last ``condition`` took to be answered
   */
  lag_ms: number | null
}
/**
 * An operator has it.
 */
export interface Acknowledge {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'acknowledge'
}
/**
 * Send a unit; one that has another open alarm only with ``force``.
 */
export interface Assign {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'assign'
  unit_id: string
  eta_s: number | null
  force: boolean
}
/**
 * Where an assigned unit stands now.
 */
export interface ReportUnit {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'unit_status'
  unit_id: string
  status: UnitStatus
  eta_s: number | null
}
/**
 * Write something down with the alarm; also after it was closed.
 */
export interface AddNote {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'note'
  text: string
}
/**
 * Hand the alarm to another centre.
 *
 * An operator of ``to`` takes it over and has it; one of another centre hands it over, and
 * somebody at ``to`` has to acknowledge it.
 */
export interface Transfer {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'transfer'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  to: string
  note: string | null
}
/**
 * End it, saying how; a stale version is refused.
 */
export interface Close {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'close'
  outcome: Outcome
  note: string
}
/**
 * Raise a closed alarm again.
 */
export interface Reopen {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'reopen'
  note: string
}
/**
 * A supervisor's second look: agree with the outcome. Who does not agree reopens.
 */
export interface Review {
  request_id: string
  alarm_id: string
  expected_version: number
  type: 'review'
  note: string | null
}
/**
 * Put a unit on or off duty; one with an open alarm stays on duty.
 */
export interface SetDuty {
  type: 'unit_duty'
  request_id: string
  unit_id: string
  on_duty: boolean
}
/**
 * A notice is dealt with.
 */
export interface ClearNotice {
  type: 'clear_notice'
  request_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  notice_id: string
}
/**
 * Put a notice aside for a while, at most 8 h; again moves its end. Alarms cannot be shelved.
 */
export interface ShelveNotice {
  type: 'shelve_notice'
  request_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  notice_id: string
  /**
   * Seconds from when it is committed
   */
  for_s: number
  reason: ShelvingReason
}
/**
 * Take a notice off the shelf.
 */
export interface UnshelveNotice {
  type: 'unshelve_notice'
  request_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  notice_id: string
}
/**
 * The console is alive; answers each heartbeat.
 */
export interface Pong {
  type: 'pong'
}
/**
 * A team's day (``GET /v1/reports/daily/{date}``): from its hour the day before to its hour on ``day``.
 *
 * In Brussels' time, so a day has 23 or 25 hours when the clocks change. ``final``: it was made when the
 * day was over, and stays so; otherwise it says how things stand.
 */
export interface DailyReport {
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  team_name: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  day: string
  from_at: string
  until_at: string
  made_at: string
  final: boolean
  totals: ReportTotals
  files: ReportedFile[]
  sendings: SendingView[]
}
/**
 * The day in figures.
 */
export interface ReportTotals {
  files: number
  protected: number
  degraded: number
  unprotected: number
  alarms: number
  open_alarms: number
  tests: number
  tasks: number
}
/**
 * One file in the day. ``state`` None: no alarm of hers is installed.
 */
export interface ReportedFile {
  registration_id: string
  reference: string
  /**
   * The victim's; only for an officer of the team
   */
  name: string | null
  risk: RiskLevel
  life: string
  state: ProtectionState | null
  since: string | null
  /**
   * At the end of the day
   */
  faults: Fault[]
  /**
   * At any time in it
   */
  faults_seen: FaultKind[]
  time: ProtectionTime
  alarms: ReportedAlarm[]
  tests: number
  button_battery_pct: number | null
  phone_battery_pct: number | null
  position: PositionHealth
  heard_at: string | null
  tasks: Task[]
}
/**
 * The same with the time itself; what is not known of it is in none of the three.
 */
export interface ProtectionTime {
  /**
   * None: nothing is known
   */
  protected_pct: number | null
  /**
   * Protected or degraded: a press would have arrived, if with less
   */
  reachable_pct: number | null
  protected_s: number
  degraded_s: number
  unprotected_s: number
}
/**
 * An alarm that was raised in the day, or was still open in it.
 */
export interface ReportedAlarm {
  alarm_id: string
  purpose: Purpose
  raised_at: string
  state: AlarmState
  outcome: Outcome | null
  /**
   * From raised to the acknowledgement that stands
   */
  answered_s: number | null
  press_count: number
}
/**
 * Something that waits; ``on`` is the day by which, None where there is none.
 */
export interface Task {
  kind: TaskKind
  on: string | null
}
/**
 * One mail of a report: number 0 is the daily one, others were asked for.
 */
export interface SendingView {
  number: number
  state: SendingState
  asked_at: string
  asked_by: OperatorName | null
  ended_at: string | null
  tries: number
  recipients: number
  /**
   * Addresses that the mail server would not take
   */
  refused: number
}
/**
 * Somebody from whom a file is, or was, kept.
 */
export interface DenialView {
  denial_id: string
  operator: OperatorName
  reason: DenialReason
  words: string | null
  denied_at: string
  denied_by: OperatorName
  admitted_at: string | null
  admitted_by: OperatorName | null
}
/**
 * Keep a file from somebody (``POST /v1/registrations/{id}/denials``).
 */
export interface DenialWish {
  operator_id: string
  reason: DenialReason
  /**
   * Sealed
   */
  words: string | null
}
/**
 * Body of ``POST /v1/devices/{id}/acts``. ``version`` is the one that was seen.
 */
export interface DeviceActRequest {
  act: DeviceAct
  version: number
  /**
   * To issue: to which file
   */
  registration_id: string | null
  /**
   * To issue: the file's reference instead
   */
  reference: string | null
  /**
   * To transfer: to which team
   */
  team: string | null
  /**
   * To pair a phone by hand: its companion
   */
  companion_id: string | null
  reason: DeviceReason | null
}
/**
 * A device and all that was done with it, newest first (``GET /v1/devices/{id}``).
 */
export interface DeviceHistory {
  device: DeviceView
  moves: DeviceMoveView[]
}
/**
 * A button or a phone. Whose file it is with is told to case officers who may see that file.
 */
export interface DeviceView {
  device_id: string
  kind: DeviceKind
  maker: string
  model: string
  serial: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  state: DeviceState
  state_since: string
  registration_id: string | null
  /**
   * The reference of the file it is with
   */
  reference: string | null
  /**
   * A phone's companion
   */
  companion_id: string | null
  /**
   * A phone's: the version of its companion
   */
  firmware: string | null
  battery_pct: number | null
  battery_at: string | null
  received_on: string
  /**
   * Known to ten minutes
   */
  last_seen_at: string | null
  version: number
  /**
   * What who asks may do with it now
   */
  acts: DeviceAct[]
}
/**
 * One thing that was done with a device; ``by`` None: the system, of what it heard.
 */
export interface DeviceMoveView {
  number: number
  act: DeviceAct
  at: string
  by: OperatorName | null
  state: DeviceState
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  reference: string | null
  reason: DeviceReason | null
}
/**
 * A make of device that a consignment may hold.
 */
export interface DeviceModel {
  kind: DeviceKind
  maker: string
  model: string
}
/**
 * Devices by serial number (``GET /v1/devices``); ``next`` is asked for as ``after``, None: the last.
 */
export interface DevicePage {
  devices: DeviceView[]
  next: string | null
}
/**
 * Who has what (``GET /v1/devices/summary``).
 */
export interface DeviceSummary {
  counts: DeviceCount[]
}
/**
 * How many devices of a kind a team has in a state.
 */
export interface DeviceCount {
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  kind: DeviceKind
  state: DeviceState
  count: number
}
/**
 * Answer 201: the companion's id (its ``keyid``), where to send, how the button behaves.
 */
export interface Enrolment {
  companion_id: string
  /**
   * Base URLs, tried in this order
   */
  gateways: string[]
  policy: CompanionPolicy
  button: ButtonPolicy
  enrolled_at: string
}
/**
 * Which acts on her button are an alarm.
 */
export interface ButtonPolicy {
  /**
   * @minItems 1
   */
  alarm_patterns: Pattern[]
  hold_s: number
  double_gap_s: number
  /**
   * Silent vibration or LED when received and seen
   */
  confirm_on_button: boolean
}
/**
 * Body of ``POST /v1/registrations/{id}/enrolment-codes``.
 */
export interface EnrolmentCodeRequest {
  /**
   * The phone that it is for, where that is ours
   */
  device_id: string | null
}
/**
 * A one-time enrolment code; it is told once and not kept.
 */
export interface EnrolmentCodeView {
  code: string
  /**
   * Where a companion posts its public key; what the QR code says
   */
  url: string
  expires_at: string
  qr: QrCode
}
/**
 * A QR code as a drawing: an SVG path in a square of ``size`` modules, its quiet zone included.
 */
export interface QrCode {
  size: number
  path: string
}
/**
 * Body of ``POST /v1/enrolments/{code}``: the companion's public key and what it is.
 */
export interface EnrolmentRequest {
  /**
   * P-256 public key, SubjectPublicKeyInfo in PEM
   */
  public_key: string
  /**
   * What the person calls this phone
   */
  label: string
  companion_version: string | null
}
/**
 * Erase the file for ever; ``reference`` is typed by hand, so that it is not another one.
 */
export interface EraseWish {
  reference: string
  ground: ErasureGround
}
/**
 * A signed statement that a file was erased: ``jws`` is of the canonical JSON of ``statement``.
 */
export interface ErasureProof {
  statement: {
    [k: string]: unknown
  }
  /**
   * Compact JWS (RFC 7515), Ed25519
   */
  jws: string
  key_id: string
}
/**
 * Who may see a file besides its team, and who may not (``GET /v1/registrations/{id}/access``).
 */
export interface FileAccess {
  denials: DenialView[]
  asked: GlassView[]
  people: NearPerson[]
}
/**
 * Somebody asked to see a file. Whether there is such a file is told to who was let in, only.
 */
export interface GlassView {
  glass_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reason: GlassReason
  state: GlassState
  asked_at: string
  answer_by: string
  asked_by: OperatorName
  /**
   * It is the reader who asked
   */
  mine: boolean
  /**
   * The reader may allow or refuse it now
   */
  may_answer: boolean
  /**
   * None to who asked, until let in
   */
  registration_id: string | null
  reference: string | null
  /**
   * None: not the reader's, or erased
   */
  words: string | null
  answered_by: OperatorName | null
  answered_at: string | null
  /**
   * Until when the file is open to who asked
   */
  until: string | null
}
/**
 * An account of the file's centre or team.
 */
export interface NearPerson {
  operator_id: string
  name: string
  roles: Role[]
  /**
   * Works on this file
   */
  on_case: boolean
}
/**
 * The devices and companions of a file (``GET /v1/registrations/{id}/devices``).
 */
export interface FileDevices {
  devices: DeviceView[]
  companions: CompanionView[]
}
/**
 * A companion of a file, as its case team sees it.
 */
export interface CompanionView {
  companion_id: string
  label: string
  version: string | null
  enrolled_at: string
  revoked_at: string | null
  heard_at: string | null
  phone_battery_pct: number | null
  /**
   * The phone it runs on, where that is ours
   */
  device_id: string | null
}
/**
 * Ask to see a file whose id is known (``POST /v1/registrations/{id}/glass``).
 */
export interface FileGlassWish {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reason: GlassReason
  words: string
}
/**
 * A file, opened (``GET /v1/registrations/{id}``).
 */
export interface FileView {
  registration_id: string
  reference: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  team_name: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  state: FileState
  procedure: Procedure
  imported: boolean
  decision: ('granted' | 'refused') | null
  version: number
  population: Population
  /**
   * None: erased
   */
  person: Person | null
  erased: boolean
  /**
   * On legal hold
   */
  held: boolean
  multi_agency: boolean
  installed_on: string | null
  ends_on: string | null
  pending: Pending
  turn: Turn
  /**
   * The step that is waited for; None: nothing is
   */
  awaited: StepKind | null
  next: NextStep[]
  protection: ProtectionNow | null
  alarm_open: boolean
  created_at: string
  updated_at: string
}
/**
 * Since when, or until when, somebody is waited for.
 */
export interface Pending {
  /**
   * Urgent: the magistrate decides by then
   */
  decide_by: string | null
  decision_overdue: boolean
  /**
   * Urgent: victim support is told by then
   */
  support_by: string | null
  support_overdue: boolean
  /**
   * From then on its evaluation is due
   */
  evaluation_from: string | null
  evaluation_overdue: boolean
}
/**
 * A step that could follow, and what it still lacks.
 */
export interface NextStep {
  kind: StepKind
  /**
   * The roles that take it
   */
  by: Role[]
  /**
   * Nobody can take it before these are there
   */
  missing: Gate[]
  /**
   * What the step itself must bring, as it is not there yet
   */
  asks: Gate[]
}
/**
 * Is she protected now; more is said on the board of protection.
 */
export interface ProtectionNow {
  state: ProtectionState
  since: string
  faults: FaultKind[]
}
/**
 * A page of the files of my teams, worst protection first (``GET /v1/registrations``).
 */
export interface FilesPage {
  files: FileLine[]
  /**
   * Ask with it for what follows; None: that was all
   */
  after: string | null
}
/**
 * A file in the list of a team.
 */
export interface FileLine {
  registration_id: string
  reference: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  state: FileState
  procedure: Procedure
  version: number
  /**
   * None: erased, or it does not open
   */
  victim: string | null
  ends_on: string | null
  pending: Pending
  turn: Turn
  /**
   * The step that is waited for, and what it lacks
   */
  next: NextStep | null
  /**
   * None: no alarm of hers is to work now
   */
  protection: ProtectionNow | null
  alarm_open: boolean
  updated_at: string
}
/**
 * ``be.msa.stream.gap`` to a receiver: what it lacks, and how it rebuilds.
 */
export interface GapEvent {
  specversion: '1.0'
  type: 'be.msa.stream.gap'
  source: string
  id: string
  time: string
  datacontenttype: string
  dataschema: string
  data: StreamGap
}
/**
 * ``be.msa.stream.gap``: what a receiver was not given and will not be. It rebuilds from ``href``.
 */
export interface StreamGap {
  /**
   * Events were given up after a day; or the log is another than before (a standby took over, a copy was restored), and what the receiver holds may never have been
   */
  reason: 'given_up' | 'epoch_changed'
  epoch: string
  /**
   * The first sequence it lacks
   */
  first: number | null
  /**
   * The last one it lacks
   */
  last: number | null
  /**
   * How many events in between it lacks; the others it was given
   */
  events: number
  /**
   * The alarms that they are of, a hundred at most
   */
  alarms: string[]
  /**
   * A snapshot of the centre's open alarms, relative to the gateway
   */
  href: string
}
/**
 * Allow or refuse, as another person than who asked (``POST /v1/glass/{id}/answer``).
 */
export interface GlassAnswer {
  allowed: boolean
}
/**
 * Ask to see the file of this very reference (``POST /v1/glass``).
 */
export interface GlassWish {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reference: string
  reason: GlassReason
  /**
   * Sealed; read by whoever answers, and by auditors
   */
  words: string
}
/**
 * Answer 200 to a heartbeat: the policy from now on.
 */
export interface HeartbeatAnswer {
  heartbeat_s: number
  signals_wait_s: number
  retry_max_s: number
  /**
   * How long positions are sent after a press
   */
  tracking_s: number
  /**
   * How often, while the battery is well
   */
  tracking_every_s: number
  /**
   * Phone battery below which it sends less often
   */
  tracking_low_pct: number
  /**
   * How often then
   */
  tracking_low_every_s: number
  /**
   * Said for as long as she should be followed for it
   */
  reopened: ReopenedAlarm | null
}
/**
 * An alarm of hers that was closed and is open again: her companion follows it anew.
 */
export interface ReopenedAlarm {
  alarm_id: string
  /**
   * How often it was reopened by now
   */
  times: number
  /**
   * When this was said, on the clock of ``TrackingPolicy.until``
   */
  said_at: string
}
/**
 * Hold the file, or release it.
 */
export interface HoldWish {
  held: boolean
}
/**
 * Whether a file is about nobody, so that every look at it is told at once.
 */
export interface Honeytoken {
  on: boolean
}
/**
 * Flags, the newest first; ``more``: there are older ones, asked for by the last one's id.
 */
export interface HotspotPage {
  hotspots: HotspotView[]
  more: boolean
}
/**
 * A flag. ``registration_id``: it was born with that file, and ends with it; else it was set by hand.
 */
export interface HotspotView {
  hotspot_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  kind: HotspotKind
  registration_id: string | null
  /**
   * The file's own reference
   */
  reference: string | null
  /**
   * The address or number; None: it cannot be opened
   */
  text: string | null
  latitude: number | null
  longitude: number | null
  radius_m: number | null
  reason: string | null
  set_at: string
  set_by: OperatorName | null
  until: string | null
  ended_at: string | null
  ended_by: OperatorName | null
  ended: HotspotEnd | null
}
/**
 * Devices that lie unused, the longest first (``GET /v1/devices/idle``).
 */
export interface IdleReport {
  silent_days: number
  stock_days: number
  unwiped_days: number
  devices: IdleDevice[]
  /**
   * There are more than are shown here
   */
  more: boolean
}
/**
 * A device that lies unused.
 */
export interface IdleDevice {
  kind: IdleKind
  since: string
  device: DeviceView
}
/**
 * One integrator; nothing secret in it. ``sandbox``: whatever it raises is an exercise.
 */
export interface IntegratorView {
  integrator_id: string
  name: string
  scopes: IntegratorScope[]
  /**
   * The centres whose streams it may read
   *
   * Items: A centre (CIC), named by its ISO 3166-2 province code
   */
  centres: string[]
  sandbox: boolean
  /**
   * Beyond so many a second, positions are coalesced (the newest of each subject is kept) and other events wait; an alarm never does
   */
  events_per_s: number
  created_at: string
  disabled_at: string | null
}
/**
 * How a file is kept, and what whoever asks may do about it.
 */
export interface KeepingView {
  registration_id: string
  reference: string
  held_since: string | null
  erased_at: string | null
  /**
   * What stands against erasing it, without an order
   */
  hindrances: Hindrance[]
  /**
   * What stands against it even with a court's order
   */
  by_order: Hindrance[]
  /**
   * Whoever asks may hold, release and erase it
   */
  may_decide: boolean
  /**
   * The latest first, at most 50; no canary
   */
  alarms: KeptAlarm[]
  disposals: DisposalView[]
}
/**
 * An alarm of a file, whose evidence can be taken.
 */
export interface KeptAlarm {
  alarm_id: string
  raised_at: string
  purpose: Purpose
  state: AlarmState
}
/**
 * What was destroyed of a file, when, and on whose word.
 */
export interface DisposalView {
  disposal_id: number
  at: string
  data_class: string
  ground: string
  /**
   * None: the gateway itself, as the retention says
   */
  by: OperatorName | null
  counts: {
    [k: string]: unknown
  }
}
/**
 * The secret of a one-time sign-in link (``POST /v1/session/link``).
 */
export interface LinkSignIn {
  token: string
}
/**
 * Looks, the newest first.
 */
export interface LooksPage {
  looks: LookView[]
  /**
   * `after` of the next page; None: there is none
   */
  next: string | null
}
/**
 * Something that was done with a file, or tried: who, what, when, why.
 */
export interface LookView {
  look_id: string
  at: string
  /**
   * As in the journal, or console.shown
   */
  kind: string
  /**
   * None: the gateway itself
   */
  by: OperatorName | null
  roles: string[]
  why: string | null
  registration_id: string | null
  reference: string | null
  alarm_id: string | null
  centre: string | null
  team: string | null
  /**
   * Which part of it: a code
   */
  what: string | null
  /**
   * Of a file about nobody
   */
  honeytoken: boolean
}
/**
 * What is shown of a file to who must know it now (``GET /v1/registrations/{id}/known``).
 */
export interface NeedToKnow {
  registration_id: string
  reference: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * case, decision, alarm or break_glass
   */
  why: string
  /**
   * When a broken glass closes again
   */
  until: string | null
  /**
   * False: erased, or this node lacks its key
   */
  readable: boolean
  person: Person | null
  circumstances: Circumstance[]
}
/**
 * Open a file (``POST /v1/registrations``).
 */
export interface NewFile {
  procedure: Procedure
  requested_by: Requester
  /**
   * The day of the request, in Europe/Brussels
   */
  on_date: string
  /**
   * Needed by whoever has several
   */
  team: string | null
  /**
   * The urgent procedure needs it at once
   */
  pv_number: string | null
  /**
   * None: the PV number is it
   */
  reference: string | null
  ground: string | null
  person: Person
}
/**
 * A flag that somebody sets by hand: why, and until when.
 */
export interface NewHotspot {
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  kind: HotspotKind
  text: string
  latitude: number | null
  longitude: number | null
  radius_m: number
  reason: string
  until: string
}
/**
 * A perimeter to be (``POST /v1/registrations/{id}/perimeters``).
 *
 * Without ``decision`` it is a draft, which does nothing; with it, sent by a magistrate, it is in force.
 */
export interface NewPerimeter {
  /**
   * What consoles call it: her home, her work
   */
  name: string
  area: CircleArea | PolygonArea | VictimArea
  /**
   * Width of the pre-alert ring around the alarm zone; None: as much as the zone's own radius, so that the ring reaches twice as far
   */
  ring_m: number | null
  /**
   * Whom it binds: trackers of the file whose role is offender
   *
   * @maxItems 8
   */
  trackers: string[]
  starts_on: string
  /**
   * The last day
   */
  ends_on: string
  victim_told: VictimTold
  tampered_near: TamperedNear
  decision: Decision | null
}
/**
 * Everything within ``radius_m`` of a place.
 */
export interface CircleArea {
  shape: 'circle'
  latitude: number
  longitude: number
  radius_m: number
}
/**
 * What lies within straight lines from corner to corner; the last leads back to the first.
 */
export interface PolygonArea {
  shape: 'polygon'
  /**
   * @minItems 3
   * @maxItems 100
   */
  corners: Corner[]
}
/**
 * A corner of a polygon.
 */
export interface Corner {
  latitude: number
  longitude: number
}
/**
 * Everything within ``radius_m`` of the victim, wherever she is (her tracker, or her open alarm).
 */
export interface VictimArea {
  shape: 'victim'
  radius_m: number
}
/**
 * Whose word a perimeter is.
 */
export interface Decision {
  reference: string
  /**
   * The court or magistrate that decided
   */
  authority: string
  decided_on: string
}
/**
 * A tracker of a file (``POST /v1/registrations/{id}/trackers``), as the integrator calls it.
 */
export interface NewTracker {
  /**
   * The name of the system that sends its fixes
   */
  integrator: string
  /**
   * Whom or what an event is about, as the integrator calls it: an account, a serial number, a telephone number. It is linked with a registration here, and kept as a keyed hash.
   */
  subject: string
  /**
   * What people here call it
   */
  label: string
  /**
   * Silent if it is not heard for so long
   */
  supervised_s: number
  role: TrackerRole
}
/**
 * A unit to be made (``POST /v1/units``).
 */
export interface NewUnit {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * How a unit is called on the radio; no two units of a centre share one
   */
  name: string
  on_duty: boolean
}
/**
 * A supervisor's centres, by code (``GET /v1/overview``).
 *
 * ``as_of`` is the database's time. ``protections``, ``faults``, ``day`` and ``month`` are as of
 * ``counted_at``, some seconds earlier.
 */
export interface Overview {
  as_of: string
  counted_at: string
  centres: CentreOverview[]
}
/**
 * One centre. Lists that are cut have their whole number beside them.
 */
export interface CentreOverview {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  unattended_since: string | null
  consoles: ConsoleView[]
  /**
   * Real ones that it owns
   */
  open_alarms: number
  /**
   * Tests and exercises
   */
  open_apart: number
  unanswered_count: number
  /**
   * The longest first
   */
  unanswered: UnansweredAlarm[]
  without_unit_count: number
  /**
   * The longest first
   */
  without_unit: WithoutUnit[]
  /**
   * Open ones about the centre as a whole: a flood, many silent, nobody there
   */
  notices: NoticeView[]
  protections: {
    [k: string]: number
  }
  faults: {
    [k: string]: number
  }
  /**
   * By node; none: none was ever seen
   */
  canaries: CanarySeen[]
  /**
   * Of the last 24 hours, the newest first
   */
  sound_missing: SoundMissing[]
  day: AnswerTimes
  month: AnswerTimes
}
/**
 * One attached console; ``sound``, ``visible``, ``awake`` and ``lag_ms`` None: it does not say.
 */
export interface ConsoleView {
  console: string
  operator: OperatorName
  node: string
  /**
   * Those of its centres that the reader supervises
   *
   * Items: A centre (CIC), named by its ISO 3166-2 province code
   */
  centres: string[]
  /**
   * When it was attached
   */
  since: string
  /**
   * Known to a few seconds
   */
  heard_at: string
  sound: SoundState | null
  sound_since: string | null
  silenced_until: string | null
  visible: boolean | null
  awake: boolean | null
  lag_ms: number | null
  /**
   * The gravest first
   */
  faults: ConsoleFault[]
}
/**
 * A real alarm that nobody has; ``level`` 0: it has only been raised.
 */
export interface UnansweredAlarm {
  alarm_id: string
  /**
   * Whose it is; another centre's when it is shared with this one
   */
  owner: string
  reference: string | null
  raised_at: string
  press_count: number
  verified: boolean
  lapses: number
  level: number
  /**
   * What the level did
   */
  step: LadderStep | null
  /**
   * When the next level is told
   */
  next_at: string | null
}
/**
 * A real alarm that somebody took and sent no unit to, or none any more.
 */
export interface WithoutUnit {
  alarm_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  owner: string
  reference: string | null
  raised_at: string
  acknowledged_at: string
  acknowledged_by: OperatorName
  /**
   * When it falls back to raised
   */
  lapses_at: string | null
}
/**
 * A notice of a centre, until somebody clears it or its cause is gone.
 */
export interface NoticeView {
  notice_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  kind: NoticeKind
  audience: Audience[]
  /**
   * What it is about: an alarm's, registration's or centre's id; one open notice each
   */
  subject: string
  /**
   * The file's own reference
   */
  reference: string | null
  detail: {
    [k: string]: string | number | boolean | null
  }
  raised_at: string
  cleared_at: string | null
  cleared_by: OperatorName | null
  /**
   * Put aside; ended by news about the notice
   */
  shelved: Shelving | null
}
/**
 * A notice is put aside until ``until`` (the gateway's clock); from then on it is not, with no event.
 */
export interface Shelving {
  until: string
  by: OperatorName
  reason: ShelvingReason
}
/**
 * When the last canary through a node was drawn at that node's canary console.
 */
export interface CanarySeen {
  node: string
  seen_at: string
}
/**
 * That a console was silenced, or its sound blocked.
 */
export interface SoundMissing {
  at: string
  operator: OperatorName
  sound: SoundState
  silenced_until: string | null
}
/**
 * From raised to first acknowledged, of the real alarms of a period that the centre owns.
 *
 * An alarm counts from when it is answered, or unanswered for a minute; one that is not answered yet
 * counts in the percentiles with its age.
 */
export interface AnswerTimes {
  alarms: number
  unanswered: number
  p50_s: number | null
  p90_s: number | null
  within: Within[]
  /**
   * Told to more people than the centre's own operators
   */
  escalated: number
}
/**
 * How many alarms were answered within so many seconds.
 */
export interface Within {
  seconds: number
  alarms: number
}
/**
 * The password once more, of the person whose session this is (``POST /v1/session/again``).
 */
export interface PasswordAgain {
  password: string
}
/**
 * A change (``PATCH /v1/perimeters/{id}``): ``terms`` whole, or ``trackers`` alone.
 *
 * Of one in force the terms change by a ``decision`` of a magistrate; trackers by a case officer, too.
 */
export interface PerimeterChange {
  expected_version: number
  terms: PerimeterTerms | null
  trackers: string[] | null
  decision: Decision | null
}
/**
 * What a perimeter says.
 */
export interface PerimeterTerms {
  /**
   * What consoles call it: her home, her work
   */
  name: string
  area: CircleArea | PolygonArea | VictimArea
  /**
   * Width of the pre-alert ring around the alarm zone; None: as much as the zone's own radius, so that the ring reaches twice as far
   */
  ring_m: number | null
  /**
   * Whom it binds: trackers of the file whose role is offender
   *
   * @maxItems 8
   */
  trackers: string[]
  starts_on: string
  /**
   * The last day
   */
  ends_on: string
  victim_told: VictimTold
  tampered_near: TamperedNear
}
/**
 * A magistrate puts a draft into force (``POST /v1/perimeters/{id}/decide``).
 */
export interface PerimeterDecided {
  expected_version: number
  decision: Decision
}
/**
 * It is no more (``POST /v1/perimeters/{id}/end``): a magistrate ends one in force.
 */
export interface PerimeterEnded {
  expected_version: number
  ground: string
}
/**
 * Perimeters, the newest first.
 */
export interface PerimeterList {
  perimeters: PerimeterView[]
  more: boolean
}
/**
 * A perimeter as it stands. ``terms`` None: it cannot be opened here, or was erased.
 */
export interface PerimeterView {
  perimeter_id: string
  registration_id: string
  reference: string | null
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  version: number
  state: PerimeterState
  /**
   * Fixes are judged by it today
   */
  watching: boolean
  terms: PerimeterTerms | null
  decision: Decision | null
  /**
   * How far its alarm zone reaches
   */
  zone_radius_m: number | null
  /**
   * How far its pre-alert ring reaches
   */
  ring_reach_m: number | null
  made_at: string
  made_by: OperatorName | null
  changed_at: string
  changed_by: OperatorName | null
  decided_by: OperatorName | null
  ended_at: string | null
  ended_by: OperatorName | null
  /**
   * Why it was ended
   */
  ground: string | null
  watches: WatchView[]
  /**
   * It moves with her, and nobody knows where she is
   */
  blind: Blindness | null
  tally: PerimeterTally
}
/**
 * One perimeter and one tracker, as they stand; where he was is not said outside of zones.
 */
export interface WatchView {
  tracker_id: string
  state: WatchState
  since: string
  probability: number | null
  /**
   * From the victim, or the place
   */
  distance_m: number | null
  alarm_id: string | null
}
/**
 * A perimeter around the victim by which nobody is judged, as nobody knows where she is.
 */
export interface Blindness {
  since: string
  /**
   * When she was seen last, if ever
   */
  seen_at: string | null
}
/**
 * How often somebody came near and in, of all whom it bound, since it was first in force.
 *
 * A stay counts once, from the fix that led in to those that led out.
 */
export interface PerimeterTally {
  /**
   * From afar into the pre-alert ring
   */
  approaches: number
  /**
   * Stays that never became certain
   */
  possible_breaches: number
  /**
   * Stays that were certain
   */
  breaches: number
  /**
   * When the last of these began
   */
  last_at: string | null
}
/**
 * Fixes of one alarm (``POST /v1/alarms/{id}/positions``), in any order, as late as may be.
 */
export interface PositionBatch {
  sent_at: string | null
  phone_battery_pct: number | null
  /**
   * @minItems 1
   * @maxItems 300
   */
  fixes: TrackFix[]
}
/**
 * One fix of a track; ``index`` counts from 1 within alarm and companion, so resending is harmless.
 */
export interface TrackFix {
  latitude: number
  longitude: number
  radius_m: number | null
  confidence: number
  fixed_at: string
  age_s: number | null
  method: Method
  /**
   * The phone says that the fix is simulated
   */
  mock: boolean
  speed_mps: number | null
  heading_deg: number | null
  index: number
}
/**
 * Answer 202: so many were new, so many were known; the rest is said in ``dropped``.
 */
export interface PositionsReceipt {
  alarm_id: string
  stored: number
  known: number
  dropped: number
  policy: TrackingPolicy
}
/**
 * How long and how often the companion sends positions from now on.
 */
export interface TrackingPolicy {
  state: 'track' | 'stop'
  until: string | null
  every_s: number
}
/**
 * One physical act on a button (``POST /v1/presses``).
 *
 * ``age_ms`` is the time from the act to this sending on the companion's monotonic clock, so
 * that a wrong wall clock cannot hide or invent a delay. ``latched`` says that the button kept
 * the press while out of reach. ``positions`` holds the last fixes, newest first.
 */
export interface Press {
  press_id: string
  purpose: 'real' | 'test'
  pattern: Pattern
  pressed_at: string | null
  heard_at: string | null
  sent_at: string | null
  age_ms: number | null
  latched: boolean
  attempt: number
  button: ButtonReading | null
  phone_battery_pct: number | null
  /**
   * @maxItems 3
   */
  positions: Position[]
  companion_version: string | null
}
/**
 * How one file is and was protected (``GET /v1/casework/files/{id}/protection``).
 */
export interface ProtectionCourse {
  file: BoardFile
  /**
   * When a companion of hers was last heard
   */
  heard_at: string | null
  /**
   * The latest, newest first
   */
  changes: ProtectionChange[]
  telling: TellingView
}
/**
 * What her protection was from ``at`` on; ``state`` None: not judged.
 */
export interface ProtectionChange {
  at: string
  state: ProtectionState | null
  faults: FaultKind[]
}
/**
 * The same as it stands; what is not set up here reaches nobody.
 */
export interface TellingView {
  /**
   * By a text to her own phone, which others may read
   */
  victim: boolean
  /**
   * By mail to the police zone
   */
  zone: boolean
  version: number
  set_by: OperatorName | null
  set_at: string | null
  /**
   * This gateway can have texts sent
   */
  victim_reachable: boolean
  /**
   * This gateway can send mail, and the zone has an address
   */
  zone_reachable: boolean
}
/**
 * The press is committed; the same ``press_id`` is always told the same alarm and sequence.
 */
export interface Receipt {
  press_id: string
  alarm_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  sequence: number
  committed_at: string
  /**
   * Why a press exists; only ``real`` sounds the siren.
   */
  purpose: 'real' | 'test' | 'exercise' | 'canary'
  seen_before: boolean
  /**
   * What was odd or dropped, as codes
   */
  flags: string[]
}
/**
 * One file, as imported and exported (one JSON object a line).
 */
export interface Registration {
  registration_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  /**
   * The file's own reference, e.g. its police report number
   */
  reference: string
  person: Person
  /**
   * @maxItems 16
   */
  circumstances: Circumstance[]
  policy: ButtonPolicy
  population: Population
}
/**
 * ``be.msa.stream.reset`` in a stream: why it begins anew; the open alarms follow.
 */
export interface ResetEvent {
  specversion: '1.0'
  type: 'be.msa.stream.reset'
  source: string
  id: string
  time: string
  datacontenttype: string
  dataschema: string
  data: StreamReset
}
/**
 * ``be.msa.stream.reset``: forget what you hold of this centre; its open alarms follow.
 */
export interface StreamReset {
  reason: 'first_attach' | 'epoch_changed' | 'expired' | 'ahead_of_log' | 'too_far_behind'
  /**
   * EPOCH:SEQUENCE as of which the open alarms are
   */
  cursor: string
  /**
   * How many open alarms follow, each as `be.msa.alarm.snapshot`
   */
  alarms: number
  /**
   * What is passed over; what became of alarms that were closed in it is asked for by hand. None: nothing is, or it cannot be said (`epoch_changed`, `ahead_of_log`)
   */
  lost: Lost | null
}
/**
 * Sequences of a stream that a reader is not told, both included.
 */
export interface Lost {
  first: number
  last: number
}
/**
 * A level that a case officer wants; ``was`` is the one she saw.
 */
export interface RiskWish {
  was: RiskLevel
  level: RiskLevel
  ground: string
}
/**
 * First frame: who serves, who is signed in, how often to expect a heartbeat.
 */
export interface Welcome {
  type: 'welcome'
  node: string
  server_time: string
  operator: OperatorView
  heartbeat_s: number
  protocol: string
  /**
   * When the session runs out: from then on commands are refused `not-signed-in`, and everything is still told
   */
  commands_until: string | null
}
/**
 * The log cannot be continued from your cursor; a snapshot follows.
 */
export interface Reset {
  type: 'reset'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reason: 'epoch_changed' | 'expired' | 'ahead_of_log' | 'too_far_behind'
}
/**
 * What the centre has as of ``cursor``: open alarms, units, open notices, who is not protected.
 *
 * Parts follow each other while ``more`` is true; the first replaces what the console held.
 */
export interface Snapshot {
  type: 'snapshot'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  cursor: Cursor
  alarms: AlarmView[]
  units: UnitView[]
  notices: NoticeView[]
  /**
   * Those that are not protected
   */
  protections: ProtectionView[]
  reason: 'first_attach' | 'epoch_changed' | 'expired' | 'ahead_of_log' | 'too_far_behind'
  first: boolean
  more: boolean
}
/**
 * A unit of a centre; ``alarm_id`` is the open alarm it is assigned to.
 */
export interface UnitView {
  unit_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  name: string
  on_duty: boolean
  alarm_id: string | null
  status: UnitStatus | null
  /**
   * Since when it stands like this
   */
  since: string
  last_assigned_at: string | null
}
/**
 * The state of one registration; ``faults`` are the reasons.
 */
export interface ProtectionView {
  registration_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reference: string
  state: ProtectionState
  since: string
  faults: Fault[]
  /**
   * When her companion was last heard
   */
  heard_at: string | null
}
/**
 * One entry of the centre's stream, with the one thing it is about as it is after it.
 */
export interface Event {
  type: 'event'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  cursor: Cursor
  /**
   * What happened, in the past tense: alarm.*, unit.*, notice.*, protection.*; a later version may tell others: apply them all the same
   */
  kind: string
  at: string
  /**
   * Who did it; None: nobody at a console
   */
  by: OperatorName | null
  alarm: AlarmView | null
  unit: UnitView | null
  notice: NoticeView | null
  protection: ProtectionView | null
}
/**
 * Where somebody of an open alarm is now: unnumbered, the newest of each wins, at most one a second.
 *
 * ``position.radius_m`` is at 95 %; ``flags`` say what is odd about the fix.
 */
export interface PositionFrame {
  type: 'position'
  alarm_id: string
  /**
   * The centre whose console is told
   */
  centre: string
  who: 'victim' | 'offender'
  /**
   * Which offender: each has frames of his own
   */
  number: number
  /**
   * How many offenders wear a tracker for the file
   */
  of: number
  position: Position
  flags: string[]
}
/**
 * All that was committed up to ``cursor`` has been sent; events are live from here.
 */
export interface CaughtUp {
  type: 'caught_up'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  cursor: Cursor
}
/**
 * The command with this ``request_id`` is committed.
 */
export interface Result {
  type: 'result'
  request_id: string
  alarm_id: string | null
  version: number | null
}
/**
 * The command with this ``request_id`` changed nothing; after a 5xx problem that is not known.
 */
export interface Refused {
  type: 'refused'
  request_id: string
  problem: Problem
  taken_by: string | null
}
/**
 * Proof of life every ``heartbeat_s``; a head beyond your cursor means: attach again.
 */
export interface Heartbeat {
  type: 'heartbeat'
  server_time: string
  heads: {
    [k: string]: Cursor
  }
}
/**
 * The last ``condition`` is known here; the time between them is the link's latency.
 */
export interface Noted {
  type: 'noted'
  server_time: string
}
/**
 * A press that is on a gateway's disk and not in the database yet, because that is away.
 *
 * Beside the stream: unnumbered, told at once and again to whoever attaches while it lasts. ``alarm`` is
 * what the press would raise, with her file as this node last read it (``file_read_at``); the log knows
 * no such alarm yet, so nothing can be commanded on it. It is over with ``provisional_over``; once the
 * stream tells an alarm of the same registration with a ``last_pressed_at`` that is not before this one's;
 * or with ``caught_up``, when its own ``node`` has not told it again since the centre was attached.
 */
export interface Provisional {
  type: 'provisional'
  /**
   * The centre whose console is told
   */
  centre: string
  press_id: string
  /**
   * The node on whose disk it is
   */
  node: string
  kept_at: string
  /**
   * None: her file is not known there
   */
  file_read_at: string | null
  alarm: AlarmView
}
/**
 * A provisional press is in the database, as, or as a further press on, ``alarm_id``.
 */
export interface ProvisionalOver {
  type: 'provisional_over'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  press_id: string
  alarm_id: string
}
/**
 * The node drains, or another has news that this one lacks: reconnect after ``after_s``.
 */
export interface Reconnect {
  type: 'reconnect'
  after_s: number
}
/**
 * Who is signed in, and until when.
 */
export interface SessionView {
  operator: OperatorView
  /**
   * From then on commands are refused `not-signed-in`
   */
  expires_at: string
  /**
   * Until then everything is still shown; then the session is over
   */
  watch_until: string
  /**
   * How this person can sign in again without leaving the screen
   */
  again: 'password' | 'oidc' | 'link'
}
/**
 * Name and password of a local account (``POST /v1/session``).
 */
export interface SignIn {
  username: string
  password: string
}
/**
 * How people sign in here (``GET /v1/session/ways``).
 */
export interface SignInWays {
  /**
   * With name and password, or a one-time link
   */
  local: boolean
  /**
   * What people call the OpenID provider, if anything; None: there is none
   */
  provider: string | null
}
/**
 * The signals after ``after``; empty when the long poll ran out.
 */
export interface Signals {
  alarm_id: string
  signals: Signal[]
  /**
   * Give it as ``after`` next time
   */
  last: number
}
/**
 * One signal; ``index`` counts from 1 within the alarm.
 */
export interface Signal {
  index: number
  kind: SignalKind
  at: string
}
/**
 * What remains to be done after signing out.
 */
export interface SignedOut {
  /**
   * Where the provider ends its own session; None: nothing
   */
  continue_at: string | null
}
/**
 * Figures as of the end of a day (``GET /v1/statistics``); of a day that is over always the same.
 */
export interface Statistics {
  /**
   * What was recorded until the end of this day, in Brussels, is counted
   */
  as_of: string
  /**
   * The day is not over: asked again, it may say more
   */
  provisional: boolean
  by: By
  /**
   * None: nothing is recorded yet
   */
  first_year: number | null
  hidden_below: number
  rows: FiguresRow[]
}
/**
 * The figures of one place and year. None: hidden, or nothing to measure.
 */
export interface FiguresRow {
  /**
   * None: all years since the first, sums rounded to five
   */
  year: number | null
  /**
   * None: the whole country
   */
  place: string | null
  name: string | null
  counts: {
    [k: string]: number | null
  }
  values: {
    [k: string]: number | null
  }
}
/**
 * Take a step (``POST /v1/registrations/{id}/steps``).
 */
export interface StepRequest {
  /**
   * The file's version that was seen
   */
  expected_version: number
  step:
    | HeardStep
    | DeliberatedStep
    | GrantedStep
    | RefusedStep
    | InstalledStep
    | VictimSupportNotifiedStep
    | EvaluatedStep
    | ExtendedStep
    | ClosedStep
    | ArchivedStep
    | TransferredStep
    | MultiAgencyBeganStep
    | MultiAgencyEndedStep
}
/**
 * She was heard: whether she will carry the alarm, and has signed the usage agreement.
 */
export interface HeardStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'heard'
  willing: boolean
  agreement_signed: boolean
  /**
   * Where the request had none yet
   */
  pv_number: string | null
}
/**
 * Police and prosecutor consulted.
 */
export interface DeliberatedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'deliberated'
  forum: Forum
  /**
   * Whether the risk was assessed in it
   */
  risk_assessed: boolean
  advice: Advice
}
/**
 * The magistrate grants the alarm: for nine months, unless another day is given.
 */
export interface GrantedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string
  kind: 'granted'
  threat: Threat
  context: Context
  /**
   * Its last day; at most 12 months on
   */
  ends_on: string | null
}
/**
 * The magistrate refuses it. An alarm that is installed stays so until the file is closed.
 */
export interface RefusedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string
  kind: 'refused'
  reason: RefusalReason
}
/**
 * Her alarm is paired, tested and active; what proves it is looked up, not said.
 */
export interface InstalledStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'installed'
}
/**
 * The houses of justice's victim support (slachtofferonthaal) was told.
 */
export interface VictimSupportNotifiedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'victim_support_notified'
}
/**
 * The case team evaluated whether she still needs it.
 */
export interface EvaluatedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'evaluated'
  advice: EvaluationAdvice
}
/**
 * The magistrate extends it; without a day by nine months from its end.
 */
export interface ExtendedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string
  kind: 'extended'
  ends_on: string | null
}
/**
 * The magistrate closes the file; her phones are revoked with it.
 */
export interface ClosedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string
  kind: 'closed'
  reason: ClosingReason
}
/**
 * Nothing more is to be done.
 */
export interface ArchivedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'archived'
}
/**
 * Another zone's team has it from now on, and the one that gave it no more.
 */
export interface TransferredStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string
  kind: 'transferred'
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  to: string
}
/**
 * The case went over to the multi-agency approach (ketenaanpak); the alarm stays.
 */
export interface MultiAgencyBeganStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'multi_agency_began'
}
/**
 * The case came back from the multi-agency approach.
 */
export interface MultiAgencyEndedStep {
  /**
   * The day it was done, in Europe/Brussels
   */
  on_date: string
  document: string | null
  /**
   * On what ground, in words; kept sealed
   */
  ground: string | null
  kind: 'multi_agency_ended'
}
/**
 * A step that was taken; it is never changed.
 */
export interface StepView {
  registration_id: string
  /**
   * 1, 2, 3 … in the file; also the file's version since
   */
  number: number
  kind: StepKind
  /**
   * When it was written down
   */
  at: string
  on_date: string
  /**
   * None: the system itself
   */
  done_by: OperatorName | null
  /**
   * A case team: a police zone's, or a centre's own for files that name no zone
   */
  team: string
  /**
   * How far a file has come. ``installed``: she carries her alarm, until ``closed``.
   */
  state: 'requested' | 'heard' | 'deliberated' | 'granted' | 'refused' | 'installed' | 'closed' | 'archived'
  document: string | null
  /**
   * The step's own codes and dates
   */
  facts: {
    [k: string]: string | number | boolean | null
  }
  ground: string | null
  /**
   * There was a ground; its key is destroyed
   */
  ground_erased: boolean
}
/**
 * The life of a file, oldest step first (``GET /v1/registrations/{id}/steps``).
 */
export interface StepsView {
  registration_id: string
  version: number
  steps: StepView[]
}
/**
 * Who is told when protection is lacking and when it is back (``PUT …/protection/telling``).
 *
 * ``version`` is the one that was seen; 0: nothing was ever set.
 */
export interface Telling {
  /**
   * By a text to her own phone, which others may read
   */
  victim: boolean
  /**
   * By mail to the police zone
   */
  zone: boolean
  version: number
}
/**
 * What happened to an alarm that would be too long for a call: where to read it.
 */
export interface ThinEvent {
  specversion: '1.0'
  /**
   * `be.msa.` and the event's kind
   */
  type: string
  /**
   * The centre
   */
  source: string
  /**
   * EPOCH:SEQUENCE; in a snapshot the alarm's id follows
   */
  id: string
  /**
   * The alarm
   */
  subject: string
  time: string
  datacontenttype: string
  /**
   * `urn:msa:schema:v1:` and the model of the data
   */
  dataschema: string
  sequence: string
  purpose: Purpose
  data: ThinAlarm
}
/**
 * What stands for an alarm that would be too long for a call; all of it is in the stream.
 */
export interface ThinAlarm {
  alarm_id: string
  thin: true
  /**
   * Where to fetch this event, relative to the gateway
   */
  href: string
}
/**
 * Every event of an alarm in the order of commit (``GET /v1/alarms/{id}/timeline``).
 */
export interface Timeline {
  alarm_id: string
  entries: TimelineEntry[]
}
/**
 * One event of an alarm, told once whatever number of centres it was told to.
 */
export interface TimelineEntry {
  /**
   * The alarm's version after it
   */
  version: number
  kind: string
  /**
   * When it was committed
   */
  at: string
  /**
   * Who did it; None: nobody at a console
   */
  by: OperatorName | null
  /**
   * Who owned the alarm after it
   */
  centre: string
  state: AlarmState
  /**
   * The streams that tell it, by centre
   */
  streams: StreamPlace[]
  /**
   * Fields of the alarm that differ from the entry before, as they are after it
   */
  changed: {
    [k: string]: JsonValue
  }
}
/**
 * Where an event stands in a centre's stream.
 */
export interface StreamPlace {
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  sequence: number
}
/**
 * An access token (RFC 6749 section 5.1, ``POST /v1/token``).
 */
export interface TokenAnswer {
  access_token: string
  token_type: 'Bearer'
  /**
   * Seconds
   */
  expires_in: number
  /**
   * Scopes, separated by spaces
   */
  scope: string
}
/**
 * The fixes of an alarm in time order (``GET /v1/alarms/{id}/track``), and the last with its age.
 */
export interface Track {
  alarm_id: string
  who: 'victim' | 'offender'
  fixes: TrackedPosition[]
  last: TrackedPosition | null
  last_age_s: number | null
  /**
   * Older fixes are left out; ask with ``before``
   */
  more: boolean
}
/**
 * One fix as stored: radius at 95 %, the original kept beside it, and what was odd about it.
 */
export interface TrackedPosition {
  position: Position
  original_radius_m: number | null
  original_confidence: number | null
  received_at: string
  /**
   * Which offender it is of, where it is of one
   */
  number: number
  flags: string[]
}
/**
 * The trackers of a file, those that ended last.
 */
export interface TrackerList {
  trackers: TrackerView[]
}
/**
 * A tracker of a file. Where it is, is not here: only alarms show that.
 */
export interface TrackerView {
  tracker_id: string
  registration_id: string
  integrator: string
  role: TrackerRole
  /**
   * Which of those of its role that the file has at a time: offender 1, offender 2
   */
  number: number
  /**
   * None: it cannot be opened
   */
  label: string | null
  supervised_s: number
  added_at: string
  added_by: OperatorName | null
  ended_at: string | null
  heard_at: string | null
  condition: ConditionKind
  silent: boolean
  battery_pct: number | null
}
/**
 * What is to change of a unit (``PATCH /v1/units/{id}``); one that serves an alarm stays as it is.
 */
export interface UnitChange {
  name: string | null
  on_duty: boolean | null
}
/**
 * Versions of a file, newest first; ``more``: there are older ones.
 */
export interface VersionList {
  versions: VersionSummary[]
  more: boolean
}
/**
 * One version: who saved it, when, and what was changed, as kinds alone.
 */
export interface VersionSummary {
  version: number
  saved_at: string
  saved_by: OperatorName | null
  /**
   * None: it was erased, or cannot be opened
   */
  changed: string[] | null
}
/**
 * How long the window is to be (``POST /v1/registrations/{id}/test-window``); 0 ends it.
 */
export interface WindowRequest {
  minutes: number
}
/**
 * The test window of a registration; ``until`` None: there is none.
 */
export interface WindowView {
  registration_id: string
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  reference: string
  until: string | null
}
