/** Circumstances while somebody edits them: fields hold text, the wire holds nulls, lists and numbers. */
import type {
  Address,
  AgeBand,
  Circumstance,
  CircumstanceKind,
  CircumstancesView,
  CoProtected,
  MeasureKind,
  Offender,
  Person,
  Severity,
} from '../wire'

/** Of whom a photo is, as the path says. */
export type PhotoOf = 'victim' | 'offender'

export interface AddressDraft {
  key: number
  label: string
  text: string
  /** `51.054, 3.721`, or nothing. */
  place: string
}

export interface EntryDraft {
  key: number
  kind: CircumstanceKind
  measure: MeasureKind | ''
  severity: Severity
  text: string
  lang: string
  until: string
}

export interface PersonDraft {
  name: string
  bornOn: string
  languages: string
  phone: string
  alsoKnownAs: string
  relation: string
  description: string
  vehicle: string
  photo: string
  addresses: AddressDraft[]
}

export interface CoProtectedDraft {
  key: number
  name: string
  relation: string
  ageBand: AgeBand | ''
}

export interface FileDraft {
  victim: PersonDraft
  offender: PersonDraft | null
  coProtected: CoProtectedDraft[]
  safeWord: string
  duressWord: string
  entries: EntryDraft[]
}

export const KINDS: readonly CircumstanceKind[] = [
  'weapon',
  'threat_to_life',
  'children',
  'measure',
  'approach',
  'medical',
  'mental_state',
  'vehicle',
  'pet',
  'habit',
  'place',
  'other',
]
export const MEASURES: readonly MeasureKind[] = [
  'contact_ban',
  'area_ban',
  'home_ban',
  'duty_to_report',
  'other',
]
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'normal']
export const AGE_BANDS: readonly AgeBand[] = ['baby', 'child', 'teenager', 'adult', 'elderly']
export const ENTRIES_MAX = 16
export const ADDRESSES_MAX = 5
export const CO_PROTECTED_MAX = 6

// As gateway.domain.casework.editing counts; the gateway's count is the one that refuses.
const LINE_CHARACTERS = 70
const ENTRY_LINES = 2

let keys = 0
const key = () => ++keys

export function anAddress(): AddressDraft {
  return { key: key(), label: '', text: '', place: '' }
}

export function anEntry(lang: string): EntryDraft {
  return { key: key(), kind: 'other', measure: '', severity: 'normal', text: '', lang, until: '' }
}

export function aCoProtected(): CoProtectedDraft {
  return { key: key(), name: '', relation: '', ageBand: '' }
}

export function aPerson(): PersonDraft {
  return personOf({ name: '' })
}

export function draftOf({
  person,
  circumstances,
}: Pick<CircumstancesView, 'person' | 'circumstances'>): FileDraft {
  return {
    victim: personOf(person.victim),
    offender: person.offender && personOf(person.offender),
    coProtected: person.co_protected.map(({ name, relation, age_band }) => ({
      key: key(),
      name,
      relation: relation ?? '',
      ageBand: age_band ?? '',
    })),
    safeWord: person.safe_word ?? '',
    duressWord: person.duress_word ?? '',
    entries: circumstances.map(({ kind, measure, severity, text, lang, until }) => ({
      key: key(),
      kind,
      measure: measure ?? '',
      severity,
      text,
      lang,
      until: until ?? '',
    })),
  }
}

/** What the draft says, as the gateway takes it. What it does not say (photos, days) is the file's as it was. */
export function fileOf(draft: FileDraft, before: Person): { person: Person; circumstances: Circumstance[] } {
  return {
    person: {
      ...before,
      victim: { ...before.victim, ...whoOf(draft.victim), languages: languagesOf(draft.victim.languages) },
      offender: draft.offender && offenderOf(draft.offender, before.offender),
      co_protected: draft.coProtected.map(({ name, relation, ageBand }): CoProtected => ({
        name,
        relation: relation || null,
        age_band: ageBand || null,
      })),
      safe_word: draft.safeWord || null,
      duress_word: draft.duressWord || null,
    },
    circumstances: draft.entries.map(({ kind, measure, severity, text, lang, until }) => ({
      kind,
      measure: kind === 'measure' ? measure || null : null,
      severity,
      text,
      lang,
      checked_on: null,
      until: until || null,
    })),
  }
}

/** How many lines of an operator's screen they take. */
export function screenLines(circumstances: readonly Pick<Circumstance, 'text'>[]): number {
  return circumstances.reduce(
    (lines, { text }) =>
      lines + ENTRY_LINES + Math.max(1, Math.ceil([...text.trim()].length / LINE_CHARACTERS)),
    0,
  )
}

/** `51.054, 3.721` or `51,054 3,721`; NaN where a number should be is refused by the gateway. */
export function placeOf(text: string): [latitude: number | null, longitude: number | null] {
  const numbers = text.replaceAll(/(\d),(\d)/g, '$1.$2').match(/-?\d+(\.\d+)?/g)
  return [numbers?.[0] ? Number(numbers[0]) : null, numbers?.[1] ? Number(numbers[1]) : null]
}

function personOf(
  from: Partial<Offender> & { name: string; phone?: string | null; languages?: string[] },
): PersonDraft {
  return {
    name: from.name,
    bornOn: from.born_on ?? '',
    languages: from.languages?.join(', ') ?? '',
    phone: from.phone ?? '',
    alsoKnownAs: from.also_known_as ?? '',
    relation: from.relation ?? '',
    description: from.description ?? '',
    vehicle: from.vehicle ?? '',
    photo: from.photo ?? '',
    addresses: (from.addresses ?? []).map(({ label, text, latitude, longitude }) => ({
      key: key(),
      label,
      text,
      place: latitude === null || longitude === null ? '' : `${latitude}, ${longitude}`,
    })),
  }
}

function whoOf(draft: PersonDraft) {
  return {
    name: draft.name,
    born_on: draft.bornOn || null,
    phone: draft.phone || null,
    photo: draft.photo || null,
    addresses: draft.addresses.map(addressOf),
  }
}

function offenderOf(draft: PersonDraft, before: Offender | null): Offender {
  const { name, born_on, photo, addresses } = whoOf(draft)
  return {
    photo_version: before?.photo_version ?? null,
    name,
    born_on,
    photo,
    addresses,
    also_known_as: draft.alsoKnownAs || null,
    relation: draft.relation || null,
    description: draft.description || null,
    vehicle: draft.vehicle || null,
  }
}

function addressOf({ label, text, place }: AddressDraft): Address {
  const [latitude, longitude] = placeOf(place)
  return { label, text, latitude, longitude }
}

function languagesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter((tag) => tag !== '')
}
