import type { KeepingWords } from '../shape/keeping'

export const keeping: KeepingWords = {
  title: 'Bewaren en wissen',
  state: 'Toestand',
  kept: 'Wordt bewaard',
  held: (since) => `Bewaarbevel sinds ${since}: er wordt niets verwijderd`,
  erased: (at) => `Gewist op ${at}`,
  hold: 'Bewaarbevel opleggen',
  holdText:
    'Zolang het bewaarbevel geldt, wordt niets van dit dossier verwijderd of gewist, ook niet na afloop van een bewaartermijn.',
  release: 'Bewaarbevel opheffen',
  releaseText: 'Daarna gelden de bewaartermijnen weer. Wat intussen verlopen is, verdwijnt binnen het uur.',
  onlyMagistrate: 'Een bewaarbevel opleggen of een dossier wissen kan alleen de parketmagistraat.',
  erase: 'Voorgoed wissen',
  eraseText:
    'Alle sleutels van dit dossier worden vernietigd en wat elders van haar staat, wordt verwijderd. Dat kan niet ongedaan worden gemaakt. Wat voor de cijfers nodig is, blijft: dat er alarm was, wanneer en met welke afloop.',
  erasing: 'Dossier wissen',
  reference: 'Kenmerk van het dossier',
  referenceHint: 'Typ het over, zodat het niet het verkeerde is.',
  ground: 'Grond',
  grounds: {
    retention: 'de bewaartermijn is om',
    request: 'op haar verzoek',
    court_order: 'op bevel van de rechtbank',
  },
  hindered: 'Nu niet te wissen:',
  hindrance: {
    erased: 'het is al gewist',
    held: 'er geldt een bewaarbevel',
    alarm_open: 'er staat een alarm open',
    not_closed: 'het dossier is niet afgesloten',
  },
  byOrder: 'Op bevel van de rechtbank kan het wel.',
  exportTitle: 'Alles over dit dossier',
  export: 'Downloaden (zip)',
  exportText:
    'Voor de betrokkene zelf of bij overdracht. Het zijn leesbare persoonsgegevens; wie het downloadt, staat in het journaal.',
  alarms: 'Bewijsstukken van alarmen',
  alarmsText:
    'Elk bewijsstuk is ondertekend en zonder ons systeem na te gaan. Wie het opvraagt, staat in het journaal.',
  noAlarms: 'Geen alarmen',
  raised: 'Binnengekomen',
  purpose: 'Aard',
  evidence: 'Bewijsstuk',
  evidenceOf: (raised) => `Bewijsstuk van het alarm van ${raised}`,
  disposals: 'Wat werd vernietigd',
  disposedAt: 'Wanneer',
  what: 'Wat',
  by: 'Door',
  bySystem: 'het systeem',
  keys: (count) => (count === 1 ? '1 sleutel' : `${count} sleutels`),
  whole: 'het hele dossier',
}
