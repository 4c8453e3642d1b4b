import type { BreachWords } from '../shape/breach'

const OF = [
  'ten noorden',
  'ten noordoosten',
  'ten oosten',
  'ten zuidoosten',
  'ten zuiden',
  'ten zuidwesten',
  'ten westen',
  'ten noordwesten',
]

export const breach: BreachWords = {
  title: 'Verboden zone',
  offender: 'Dader',
  offenderOf: (name) => `Dader, bedreigt ${name}`,
  said: {
    inside: 'Hij is in de verboden zone',
    possible: (probability) => `Hij is mogelijk in de verboden zone (${probability})`,
    left: 'Hij heeft de verboden zone verlaten',
  },
  short: {
    inside: 'In de verboden zone',
    possible: 'Mogelijk in de verboden zone',
    left: 'Verboden zone verlaten',
  },
  label: { inside: 'in de zone', possible: 'mogelijk in de zone', left: 'weer erbuiten' },
  where: (distance, direction, fromPlace) =>
    `${distance}${direction === null ? '' : ` ${OF[direction]}`} van ${fromPlace ? 'het midden' : 'haar'}`,
  approaching: 'komt dichterbij',
  receding: 'verwijdert zich',
  zone: (name) => `Zone ‘${name}’`,
  judged: (ago) => `beoordeeld ${ago}`,
  unsure: 'Zijn straal reikt over de grens van de zone.',
  leftNote: 'Het alarm blijft open tot iemand het afsluit.',
  pressedToo: 'Er is ook op haar knop gedrukt',
  notPressed: 'niet op haar knop gedrukt',
  onRecord: 'uit het dossier',
  whereUnknown: 'Waar ze nu is, is niet bekend: dit is de beschermde plaats. Bel haar op.',
  position: 'Zijn positie',
  track: 'Zijn traject tot nu kan niet geladen worden. Nieuwe posities komen er wel bij.',
  drawn: {
    within: (radius, place) => `Verboden: binnen ${radius} van ${place}`,
    around: (radius) => `Verboden: binnen ${radius} van haar, waar ze ook is`,
    corners: (count, reach) => `Verboden: een gebied met ${count} hoeken, tot ${reach} van het midden`,
    ring: (reach) => `Waarschuwing vanaf ${reach}`,
    decision: (reference, authority) => `Beslissing ${reference}, ${authority}`,
    none: 'De verboden zone kan niet getekend worden.',
  },
}
