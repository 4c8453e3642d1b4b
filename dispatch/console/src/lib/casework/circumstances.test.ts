import { expect, it } from 'vitest'
import type { Circumstance, Person } from '../wire'
import { anEntry, aPerson, draftOf, fileOf, placeOf, screenLines } from './circumstances'

const person: Person = {
  victim: {
    name: 'Voorbeeld, Anna',
    born_on: null,
    languages: ['nl', 'fr'],
    phone: '+32 470 00 00 00',
    addresses: [{ label: 'thuis', text: 'Voorbeeldstraat 1', latitude: 51.054, longitude: 3.721 }],
    photo: null,
    photo_version: 4,
  },
  offender: null,
  co_protected: [{ name: 'Voorbeeld, Els', relation: null, age_band: 'child' }],
  checked_on: '2026-03-02',
  safe_word: 'paraplu',
  duress_word: null,
}
const circumstances: Circumstance[] = [
  {
    kind: 'measure',
    measure: 'area_ban',
    severity: 'high',
    text: 'Niet in Gent',
    lang: 'nl',
    checked_on: null,
    until: '2026-09-01',
  },
]

it('what nobody touches is sent as it came', () => {
  expect(fileOf(draftOf({ person, circumstances }), person)).toEqual({ person, circumstances })
})

it('a person who is added says nothing that was not written, and an entry of another kind has no measure', () => {
  const draft = draftOf({ person, circumstances })
  draft.offender = { ...aPerson(), name: 'Voorbeeld, Bert', vehicle: 'witte bestelwagen' }
  draft.entries = [
    { ...draft.entries[0]!, kind: 'pet' },
    { ...anEntry('fr'), text: 'Chien' },
  ]
  const { person: edited, circumstances: entries } = fileOf(draft, person)
  expect(edited.offender).toMatchObject({ name: 'Voorbeeld, Bert', born_on: null, relation: null })
  expect(entries.map(({ kind, measure, lang, until }) => [kind, measure, lang, until])).toEqual([
    ['pet', null, 'nl', '2026-09-01'],
    ['other', null, 'fr', null],
  ])
})

it.each([
  ['51.054, 3.721', [51.054, 3.721]],
  ['51,054 3,721', [51.054, 3.721]],
  [' -1.5;2 ', [-1.5, 2]],
  ['51.054', [51.054, null]],
  ['', [null, null]],
])('%j is a place', (text, place) => {
  expect(placeOf(text)).toEqual(place)
})

it('lines are counted as the gateway counts them', () => {
  expect(screenLines([{ text: 'x'.repeat(70) }, { text: 'x'.repeat(71) }, { text: '' }])).toBe(10)
  expect(screenLines([{ text: 'x'.repeat(500) }])).toBe(10)
})
