/**
 * Every word of the screen, by language. Another language is one more object of the same shape; the
 * enumerations come from the wire, so that a value without a word fails the type check.
 */
import type { FinalCode } from './link'
import type {
  AlarmState,
  CancelRequest,
  CircumstanceKind,
  LadderStep,
  Method,
  Pattern,
  ProblemSlug,
  Purpose,
  Severity,
  Snapshot,
  TrackingState,
  UnitStatus,
} from './wire'

export type Leg = 'hearing' | 'sending' | 'network' | 'commit' | 'fanOut' | 'painting'

export interface Words {
  /** BCP 47 tag for dates and names of languages. */
  locale: string
  product: string
  screen: string
  purpose: Record<Purpose, string>
  state: Record<AlarmState, string>
  severity: Record<Severity, string>
  circumstance: Record<CircumstanceKind, string>
  method: Record<Method, string>
  pattern: Record<Pattern, string>
  unitStatus: Record<UnitStatus, string>
  ladder: Record<LadderStep, string>
  problem: Record<ProblemSlug | 'unreachable', string>
  flag: Record<Flag, string>
  centre: Record<string, string>
  compass: readonly [string, string, string, string, string, string, string, string]
  signIn: {
    title: string
    username: string
    password: string
    submit: string
    busy: string
    byLink: string
    linkFailed: string
  }
  link: {
    live: string
    connecting: string
    lost: (asOf: string | null) => string
    silent: (asOf: string | null) => string
    behind: (asOf: string | null) => string
    none: string
    retryIn: (seconds: number) => string
    retrying: string
    ended: Record<FinalCode, string>
    useHere: string
    signInAgain: string
    replayed: (centre: string, events: number) => string
    snapshot: (centre: string, reason: Snapshot['reason']) => string
  }
  banner: {
    title: string
    more: (count: number) => string
    since: string
    calm: string
    calmOpen: (count: number) => string
  }
  queue: {
    title: string
    group: { raised: string; acknowledged: string; apart: string }
    empty: string
    unnamed: string
    presses: (count: number) => string
    coerced: string
    by: (name: string) => string
  }
  detail: {
    title: string
    choose: string
    quiet: string
    raised: (time: string) => string
    pressed: (count: number, ago: string) => string
    reference: string
    acknowledgedBy: (name: string, time: string, afterSeconds: number) => string
    notReal: Record<Exclude<Purpose, 'real'>, string>
    inWindow: (until: string) => string
  }
  acknowledge: {
    act: string
    asking: string
    taken: (name: string) => string
    unanswered: string
    noLink: string
  }
  course: {
    title: string
    escalated: (level: number, whom: string, ago: string) => string
    noConsole: string
    lapsed: (count: number) => string
    reopened: (count: number) => string
    transferred: (from: string, ago: string) => string
    also: (centres: string) => string
    crossed: (to: string) => string
    tracking: Record<Extract<TrackingState, 'lost' | 'ended'>, string>
    moved: (distance: string) => string
    eta: (minutes: number) => string
    takenAway: string
  }
  cancel: { coerced: string; coercedNote: string; asked: Record<CancelRequest['word'], string> }
  notices: { title: string; dropped: (field: string) => string; unknown: (code: string) => string }
  circumstances: {
    title: string
    none: string
    unopened: string
    checked: (date: string) => string
    checkedLongAgo: (date: string) => string
    unchecked: string
    until: (date: string) => string
    over: (date: string) => string
  }
  person: {
    victim: string
    offender: string
    unopened: string
    born: (date: string, age: number) => string
    languages: string
    phone: string
    safeWord: string
    safeWordNote: string
    relation: string
    description: string
    vehicle: string
    photo: string
  }
  position: {
    title: string
    none: string
    noneNote: string
    stale: string
    age: (age: string) => string
    within: (radius: string, confidence: string) => string
    radiusUnknown: string
    moving: (speed: string, towards: string | null) => string
    still: string
    simulated: string
    /** What the gateway found odd about a fix; a code that is not here is shown as it is. */
    odd: Record<string, string>
    earlier: string
    columns: { age: string; place: string; radius: string }
  }
  trail: {
    title: string
    leg: Record<Leg, string>
    pressedToPainted: string
    pressedToAcknowledged: string
    unknown: string
    overBudget: (budget: string) => string
    skew: (seconds: string) => string
  }
  button: {
    title: string
    button: string
    phone: string
    bonded: string
    unbonded: string
    battery: (percent: number) => string
    batteryLow: (percent: number) => string
    unknown: string
    pattern: string
  }
  news: {
    raised: (purpose: string, name: string | null, centre: string) => string
    pressedAgain: (name: string | null) => string
    acknowledged: (name: string | null, by: string) => string
    coerced: (name: string | null) => string
  }
  keys: { acknowledge: string; choose: string; signOut: string }
  ago: (age: string) => string
}

/** What the gateway notes as odd about a press, the gravest first; a code that is not here is shown as it is. */
export type Flag =
  | 'unverified'
  | 'signature_invalid'
  | 'signature_body_changed'
  | 'signature_missing'
  | 'forgeable_button'
  | 'late'
  | 'latched'
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

const en: Words = {
  locale: 'en-GB',
  product: 'MSA dispatch',
  screen: 'Stalking alarms',
  purpose: { real: 'Stalking alarm', test: 'Test', exercise: 'Exercise', canary: 'Canary' },
  state: { raised: 'Unanswered', acknowledged: 'Acknowledged', closed: 'Closed' },
  severity: { critical: 'Critical', high: 'High', normal: 'Note' },
  circumstance: {
    weapon: 'Weapon',
    threat_to_life: 'Threat to life',
    children: 'Children',
    measure: 'Court measure',
    approach: 'Approach',
    medical: 'Medical',
    mental_state: 'State of mind',
    vehicle: 'Vehicle',
    pet: 'Animal',
    habit: 'Habit',
    other: 'Other',
  },
  method: {
    gnss: 'satellites',
    network: 'mobile network or Wi-Fi',
    fused: 'satellites and networks',
    recorded: 'recorded track (demonstration)',
    unknown: 'method not known',
  },
  pattern: { short: 'short press', double: 'double press', hold: 'held down' },
  unitStatus: { dispatched: 'sent', en_route: 'on its way', on_scene: 'on the spot', cleared: 'free again' },
  ladder: {
    remind: 'the centre was reminded',
    supervisor: 'the supervisors were told',
    neighbour: 'a neighbouring centre was told',
    national: 'the national centre was told',
    webhook: 'somebody outside was told',
  },
  problem: {
    malformed: 'The gateway could not read that.',
    invalid: 'Something in the form is missing or wrong.',
    'not-signed-in': 'Sign in to go on.',
    'wrong-credentials': 'Name or password is wrong, or the link was used before.',
    'signature-missing': 'The request was not signed.',
    'signature-invalid': 'The signature does not hold.',
    'signature-replayed': 'This signed request was seen before.',
    'companion-revoked': 'This companion was revoked.',
    'enrolment-code-invalid': 'The code is unknown, used or expired.',
    'not-yours': 'Your role or centre does not give access.',
    'wrong-origin': 'The request came from another site.',
    'not-found': 'That is not there any more.',
    'method-not-allowed': 'That cannot be done here.',
    'already-taken': 'Somebody else already has this alarm.',
    'stale-version': 'The alarm changed in the meantime: look, then press again.',
    'not-allowed-now': 'The alarm does not allow that now.',
    'unit-taken': 'The unit is assigned to another open alarm.',
    'supervisor-only': 'Only a supervisor may do this.',
    'too-large': 'That is too large.',
    'too-slow': 'That took too long.',
    'too-many': 'Too many attempts. Wait a moment and try again.',
    unavailable: 'The gateway cannot save now. Press again.',
    failed: 'The gateway failed. Press again.',
    unreachable: 'The gateway cannot be reached. Try again.',
  },
  flag: {
    unverified: 'Sender not verified: the signature does not hold. Call back.',
    signature_invalid: 'Sender not verified: the signature is wrong. Call back.',
    signature_body_changed: 'Sender not verified: the message does not match its signature. Call back.',
    signature_missing: 'Sender not verified: the message is not signed. Call back.',
    forgeable_button: 'Forgeable button: somebody near could imitate this model.',
    late: 'Late press: it reached us long after she pressed.',
    latched: 'Pressed while the phone was out of the button’s reach; it came in later.',
    no_position: 'No position came with the press.',
    stale_position: 'The position was already old when she pressed.',
    mock_position: 'The phone says that its position is simulated.',
    implausible_position:
      'A position is doubtful: her own centre has the alarm too, and so has the one where it lies.',
    jump_position: 'The phone’s positions are farther apart than anyone travels.',
    imprecise_position: 'The position is too coarse to say in which province.',
    near_border: 'Close to the border of another centre, which has the alarm too.',
    abroad_near: 'Just across the national border; the nearest centre has the alarm.',
    abroad_far: 'Far across the national border; the national centre has the alarm.',
    unreadable_facts: 'Part of what was stored could not be read.',
    clock_skew: 'The phone’s clock is wrong; times are set by the gateway’s clock.',
    created_skew: 'The message was signed at an odd time.',
    key_expired: 'The phone’s key has expired and must be renewed.',
  },
  centre: {
    'BE-BRU': 'Brussels',
    'BE-VAN': 'Antwerp',
    'BE-VBR': 'Flemish Brabant',
    'BE-VLI': 'Limburg',
    'BE-VOV': 'East Flanders',
    'BE-VWV': 'West Flanders',
    'BE-WBR': 'Walloon Brabant',
    'BE-WHT': 'Hainaut',
    'BE-WLG': 'Liège',
    'BE-WLX': 'Luxembourg',
    'BE-WNA': 'Namur',
  },
  compass: ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],
  signIn: {
    title: 'Sign in to dispatch',
    username: 'Name',
    password: 'Password',
    submit: 'Sign in',
    busy: 'Signing in …',
    byLink: 'Signing in with your link …',
    linkFailed: 'This sign-in link does not work: it was used before or is too old. Sign in with your name.',
  },
  link: {
    live: 'Live',
    connecting: 'Connecting …',
    lost: (asOf) => `Link lost. ${old(asOf)}`,
    silent: (asOf) => `Nothing heard from the gateway. ${old(asOf)}`,
    behind: (asOf) => `Catching up. ${old(asOf)}`,
    none: 'No picture yet.',
    retryIn: (seconds) => `Next try in ${seconds} s.`,
    retrying: 'Trying again …',
    ended: {
      4400: 'The gateway did not understand this console. Reload the page.',
      4401: 'Your session has ended.',
      4403: 'Your role or your centres give no access to these alarms.',
      4409: 'This console was opened elsewhere.',
    },
    useHere: 'Use it here',
    signInAgain: 'Sign in again',
    replayed: (centre, events) =>
      events === 1
        ? `${centre}: caught up, 1 event replayed.`
        : `${centre}: caught up, ${events} events replayed.`,
    snapshot: (centre, reason) => `${centre}: whole picture loaded (${SNAPSHOT_REASON[reason]}).`,
  },
  banner: {
    title: 'Stalking alarm',
    more: (count) => (count === 1 ? 'and 1 more unanswered' : `and ${count} more unanswered`),
    since: 'unanswered for',
    calm: 'No unanswered alarm',
    calmOpen: (count) => (count === 1 ? '1 alarm in hand' : `${count} alarms in hand`),
  },
  queue: {
    title: 'Open alarms',
    group: { raised: 'Unanswered', acknowledged: 'In hand', apart: 'Tests and exercises' },
    empty: 'No open alarm. A new one appears here by itself.',
    unnamed: 'Name unknown',
    presses: (count) => `pressed ${count} times`,
    coerced: 'Cancel under coercion',
    by: (name) => `with ${name}`,
  },
  detail: {
    title: 'Alarm',
    choose: 'Choose an alarm from the list to see who it is and what to know.',
    quiet: 'All quiet. An alarm appears here as soon as somebody presses.',
    raised: (time) => `Raised ${time}`,
    pressed: (count, ago) => (count === 1 ? 'pressed once' : `pressed ${count} times, last ${ago}`),
    reference: 'File',
    acknowledgedBy: (name, time, after) => `Acknowledged by ${name} at ${time}, after ${after} s`,
    notReal: {
      test: 'Test alarm. Nobody is in danger: send no team.',
      exercise: 'Exercise. Nobody is in danger: follow the exercise plan.',
      canary: 'Canary: the system testing itself. Nothing to do.',
    },
    inWindow: (until) =>
      `Test window, at most until ${until}: a press of hers counts as a test. Call her. If nobody is testing, treat it as real. Closing this ends the window.`,
  },
  acknowledge: {
    act: 'Acknowledge',
    asking: 'Asking …',
    taken: (name) => `Already taken by ${name}.`,
    unanswered: 'No answer from the gateway: it may or may not be done. Press again.',
    noLink: 'No link: cannot acknowledge now.',
  },
  course: {
    title: 'What happened since',
    escalated: (level, whom, ago) => `Escalated to level ${level}, as nobody answered: ${whom} ${ago}.`,
    noConsole: 'No console of its centre was attached.',
    lapsed: (count) =>
      count === 1
        ? 'Unanswered again: it was acknowledged and no unit was sent.'
        : `Unanswered again: it was acknowledged ${count} times and no unit was sent.`,
    reopened: (count) => (count === 1 ? 'Reopened.' : `Reopened ${count} times.`),
    transferred: (from, ago) => `Transferred by ${from} ${ago}.`,
    also: (centres) => `Also: ${centres}.`,
    crossed: (to) => `She is in the area of ${to} now.`,
    tracking: {
      lost: 'Her position should be coming and is not.',
      ended: 'Her position is not followed any more.',
    },
    moved: (distance) => `She has moved ${distance} since the last unit was told where.`,
    eta: (minutes) => `expected within ${minutes} min`,
    takenAway: 'taken away for another alarm',
  },
  cancel: {
    coerced: 'Cancel under coercion',
    coercedNote: 'Her phone asked to cancel with her duress word. Nothing is lowered.',
    asked: {
      none: 'Her phone asked to cancel, without a word. The alarm goes on: call back.',
      safe: 'Her phone asked to cancel, with her safe word. The alarm goes on until somebody closes it.',
      duress: 'Her phone asked to cancel, with her duress word.',
      unknown: 'Her phone asked to cancel, with a wrong word. The alarm goes on: call back.',
    },
  },
  notices: {
    title: 'Mind',
    dropped: (field) => `Part of the message was unreadable and left out: ${field}.`,
    unknown: (code) => `Noted by the gateway: ${code}.`,
  },
  circumstances: {
    title: 'Know before you go',
    none: 'No special circumstances are recorded.',
    unopened: 'Her file could not be opened: circumstances unknown.',
    checked: (date) => `checked ${date}`,
    checkedLongAgo: (date) => `last checked ${date}, may be out of date`,
    unchecked: 'never checked',
    until: (date) => `until ${date}`,
    over: (date) => `ended ${date}`,
  },
  person: {
    victim: 'Victim',
    offender: 'Threatened by',
    unopened: 'Her file could not be opened: look it up by its reference.',
    born: (date, age) => `${age} years, born ${date}`,
    languages: 'Speaks',
    phone: 'Phone',
    safeWord: 'Safe word',
    safeWordNote: 'She says it when she is free to speak.',
    relation: 'Relation',
    description: 'Looks',
    vehicle: 'Vehicle',
    photo: 'Photo',
  },
  position: {
    title: 'Position',
    none: 'No position',
    noneNote: 'None came with the press. Start from her addresses and call back.',
    stale: 'Position stale',
    age: (age) => `${age} old`,
    within: (radius, confidence) => `within ${radius} (${confidence} sure)`,
    radiusUnknown: 'radius not known',
    moving: (speed, towards) => (towards ? `moving ${speed} towards ${towards}` : `moving ${speed}`),
    still: 'not moving',
    simulated: 'simulated',
    odd: {
      stale: 'already old when it came',
      jump: 'too far from the one before to be true',
      imprecise: 'too coarse to say where',
      from_future: 'the phone’s clock is ahead',
    },
    earlier: 'Earlier fixes',
    columns: { age: 'Age', place: 'Latitude, longitude', radius: 'Radius' },
  },
  trail: {
    title: 'Trail',
    leg: {
      hearing: 'Button to phone',
      sending: 'Phone to send',
      network: 'Network',
      commit: 'Saved',
      fanOut: 'Sent to consoles',
      painting: 'On a screen',
    },
    pressedToPainted: 'Pressed to on a screen',
    pressedToAcknowledged: 'Pressed to acknowledged',
    unknown: 'not known',
    overBudget: (budget) => `Slower than the ${budget} allowed from received to on a screen.`,
    skew: (seconds) => `Phone’s clock ${seconds}; times are set by the gateway’s.`,
  },
  button: {
    title: 'Button and phone',
    button: 'Button',
    phone: 'Phone',
    bonded: 'bonded and encrypted',
    unbonded: 'not bonded: can be imitated',
    battery: (percent) => `battery ${percent} %`,
    batteryLow: (percent) => `battery low, ${percent} %`,
    unknown: 'battery not known',
    pattern: 'Act',
  },
  news: {
    raised: (purpose, name, centre) => `New: ${purpose}. ${name ?? 'Name unknown'}. ${centre}.`,
    pressedAgain: (name) => `${name ?? 'The victim'} pressed again.`,
    acknowledged: (name, by) => `${name ?? 'The alarm'}: acknowledged by ${by}.`,
    coerced: (name) => `Cancel under coercion: ${name ?? 'the victim'} gave her duress word.`,
  },
  keys: { acknowledge: 'Acknowledge', choose: 'Choose an alarm', signOut: 'Sign out' },
  ago: (age) => `${age} ago`,
}

function old(asOf: string | null): string {
  return asOf === null ? 'There is no picture yet.' : `What you see is as of ${asOf}.`
}

const SNAPSHOT_REASON: Record<Snapshot['reason'], string> = {
  first_attach: 'first time on this screen',
  epoch_changed: 'the gateway’s log was replaced',
  expired: 'away too long for a replay',
  ahead_of_log: 'the gateway’s log went back',
  too_far_behind: 'too much had happened for a replay',
}

export const LANGUAGES = { en } satisfies Record<string, Words>
export type Language = keyof typeof LANGUAGES
