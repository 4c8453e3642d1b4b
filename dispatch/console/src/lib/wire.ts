// Generated from schemas/ by `npm run types`. Do not edit.

/**
 * Everything that crosses a process boundary, as this project writes it.
 */
export type Wire =
  | AlarmTrail
  | AlarmView
  | CloseCode
  | ConsoleFrame
  | Enrolment
  | EnrolmentRequest
  | LinkSignIn
  | Press
  | Problem
  | ProblemSlug
  | Receipt
  | Registration
  | ServerFrame
  | SessionView
  | SignIn
  | Signals
/**
 * Why a press exists; only ``real`` sounds the siren.
 */
export type Purpose = 'real' | 'test' | 'exercise' | 'canary'
/**
 * The states of an alarm; how it moves between them is ``gateway.domain.alarm``.
 */
export type AlarmState = 'raised' | 'acknowledged' | 'closed'
/**
 * The act on the button.
 */
export type Pattern = 'short' | 'double' | 'hold'
/**
 * How a position was obtained.
 */
export type Method = 'gnss' | 'network' | 'fused' | 'recorded' | 'unknown'
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
  | 'other'
/**
 * How much a circumstance changes what the team does; the console lists them in this order.
 */
export type Severity = 'critical' | 'high' | 'normal'
/**
 * Why the gateway closed a console's websocket.
 */
export type CloseCode = 1012 | 1008 | 1009 | 4400 | 4401 | 4403 | 4408 | 4409
export type ConsoleFrame = Attach | Delivered | Acknowledge | Pong
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
  | 'not-yours'
  | 'wrong-origin'
  | 'not-found'
  | 'method-not-allowed'
  | 'already-taken'
  | 'stale-version'
  | 'not-allowed-now'
  | 'too-large'
  | 'too-slow'
  | 'too-many'
  | 'unavailable'
  | 'failed'
export type ServerFrame =
  Welcome | Reset | Snapshot | Event | CaughtUp | Result | Refused | Heartbeat | Reconnect
/**
 * What a person may do; operator and supervisor are bound to centres.
 */
export type Role =
  'operator' | 'supervisor' | 'case_officer' | 'magistrate' | 'integrator' | 'auditor' | 'admin'
/**
 * ``seen``: an operator has it. ``unit_on_the_way``: a team was sent.
 */
export type SignalKind = 'committed' | 'seen' | 'unit_on_the_way' | 'closed'

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
 * The instants of an alarm's first press, in the order they happen.
 *
 * Clocks: ``pressed_at``, ``heard_at`` and ``sent_at`` are the companion's, moved to the
 * gateway's clock when ``companion_skew_ms`` (how far the companion's clock is ahead) is known;
 * the rest are the gateway's and its database's. ``delivered_at`` is when the first console's
 * ``delivered`` arrived.
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
 * Everything a console shows of one alarm, after the event that carries it.
 *
 * ``person`` is None where the alarm is not enriched (``enriched`` false): un-enriched beats delayed.
 */
export interface AlarmView {
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
  trail: Trail
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
 * Who did something.
 */
export interface OperatorName {
  operator_id: string
  name: string
}
/**
 * Who is behind an alarm: everything personal, sealed together in the database.
 */
export interface Person {
  victim: Victim
  offender: Offender | null
  /**
   * She says it on the phone if she is free to speak
   */
  safe_word: string | null
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
}
/**
 * A place that belongs to a person, e.g. home or work.
 */
export interface Address {
  label: string
  text: string
}
/**
 * The person she is threatened by.
 */
export interface Offender {
  name: string
  relation: string | null
  description: string | null
  vehicle: string | null
  /**
   * @maxItems 5
   */
  addresses: Address[]
  photo: string | null
}
/**
 * One thing to know on arrival, in the language it was written in.
 */
export interface Circumstance {
  kind: CircumstanceKind
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
 * An operator has it. Repeating a ``request_id`` repeats its answer.
 */
export interface Acknowledge {
  type: 'acknowledge'
  request_id: string
  alarm_id: string
  expected_version: number
}
/**
 * The console is alive; answers each heartbeat.
 */
export interface Pong {
  type: 'pong'
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
 * How the companion behaves.
 */
export interface CompanionPolicy {
  heartbeat_s: number
  signals_wait_s: number
  retry_max_s: number
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
 * The secret of a one-time sign-in link (``POST /v1/session/link``).
 */
export interface LinkSignIn {
  token: string
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
 * All open alarms as of ``cursor``.
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
  reason: 'first_attach' | 'epoch_changed' | 'expired' | 'ahead_of_log' | 'too_far_behind'
  first: boolean
  more: boolean
}
/**
 * One entry of the centre's stream; ``alarm`` is the alarm after it.
 */
export interface Event {
  type: 'event'
  /**
   * A centre (CIC), named by its ISO 3166-2 province code
   */
  centre: string
  cursor: Cursor
  /**
   * alarm.raised, alarm.pressed_again or alarm.acknowledged; a later version may tell others: apply them all the same
   */
  kind: string
  at: string
  alarm: AlarmView
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
  alarm_id: string
  version: number
}
/**
 * The command with this ``request_id`` changed nothing.
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
 * The node drains: reconnect after ``after_s``.
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
  expires_at: string
}
/**
 * Name and password of a local account (``POST /v1/session``).
 */
export interface SignIn {
  username: string
  password: string
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
