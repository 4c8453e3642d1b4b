/** The words of: circumstances, their review, the risk level, photos. */
import type { RiskLevel } from '../../../wire'
import type { PhotoOf } from '../../circumstances'

export interface CircumstancesWords {
  title: string
  version: (number: number, when: string) => string
  savedBy: (name: string) => string
  imported: string
  alarmOpen: string
  saved: string
  preview: { title: string; hint: string; lines: (used: number, most: number) => string; tooLong: string }
  review: {
    title: string
    who: string
    due: (date: string) => string
    overdue: (date: string) => string
    never: string
    hint: string
    submit: string
    noneChosen: string
  }
  edit: {
    open: string
    title: string
    groups: { entries: string; victim: string; offender: string; coProtected: string; secret: string }
    kind: string
    measure: string
    severity: string
    text: string
    language: string
    until: string
    name: string
    bornOn: string
    languages: string
    languagesHint: string
    phone: string
    phoneHint: string
    alsoKnownAs: string
    relation: string
    description: string
    vehicle: string
    photo: string
    addressLabel: string
    address: string
    place: string
    placeHint: string
    ageBand: string
    safeWord: string
    duressWord: string
    duressHint: string
    addEntry: string
    addAddress: string
    addOffender: string
    addCoProtected: string
    remove: string
    entry: (number: number) => string
  }
  risk: {
    title: string
    level: Record<RiskLevel, string>
    every: (days: number) => string
    change: string
    to: string
    ground: string
    raiseHint: string
    lowerHint: string
    raise: string
    lower: string
    asked: (level: string, name: string, when: string, until: string) => string
    unreadable: string
    second: string
    confirm: string
    refuse: string
    withdraw: string
  }
  photo: {
    title: string
    of: Record<PhotoOf, string>
    choose: string
    none: string
    remove: string
    removeText: string
    tooLarge: string
    hint: string
  }
  history: {
    title: string
    when: string
    who: string
    what: string
    act: string
    open: (version: number) => string
    old: (version: number) => string
    unknown: string
    more: string
    empty: string
    changed: Record<string, string>
  }
}
