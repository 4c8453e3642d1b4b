import type { BreachWords } from '../shape/breach'

const OF = [
  'nördlich',
  'nordöstlich',
  'östlich',
  'südöstlich',
  'südlich',
  'südwestlich',
  'westlich',
  'nordwestlich',
]

export const breach: BreachWords = {
  title: 'Verbotene Zone',
  offender: 'Täter',
  offenderOf: (name) => `Täter, bedroht ${name}`,
  said: {
    inside: 'Er ist in der verbotenen Zone',
    possible: (probability) => `Er ist vielleicht in der verbotenen Zone (${probability})`,
    left: 'Er hat die verbotene Zone verlassen',
  },
  short: {
    inside: 'In der verbotenen Zone',
    possible: 'Vielleicht in der verbotenen Zone',
    left: 'Verbotene Zone verlassen',
  },
  label: { inside: 'in der Zone', possible: 'vielleicht in der Zone', left: 'wieder draußen' },
  where: (distance, direction, fromPlace) =>
    `${distance}${direction === null ? '' : ` ${OF[direction]}`} von ${fromPlace ? 'der Mitte' : 'ihr'}`,
  approaching: 'kommt näher',
  receding: 'entfernt sich',
  zone: (name) => `Zone „${name}“`,
  judged: (ago) => `beurteilt ${ago}`,
  unsure: 'Sein Radius reicht über die Grenze der Zone.',
  leftNote: 'Der Alarm bleibt offen, bis ihn jemand schließt.',
  pressedToo: 'Auch ihr Knopf wurde gedrückt',
  notPressed: 'ihr Knopf wurde nicht gedrückt',
  onRecord: 'laut Akte',
  whereUnknown: 'Wo sie jetzt ist, ist nicht bekannt: Das ist der geschützte Ort. Rufen Sie sie an.',
  position: 'Seine Position',
  track: 'Sein Weg bis jetzt kann nicht geladen werden. Neue Positionen kommen hinzu.',
  drawn: {
    within: (radius, place) => `Verboten: weniger als ${radius} von ${place}`,
    around: (radius) => `Verboten: weniger als ${radius} von ihr, wo immer sie ist`,
    corners: (count, reach) => `Verboten: ein Gebiet mit ${count} Ecken, bis ${reach} von der Mitte`,
    ring: (reach) => `Warnung ab ${reach}`,
    decision: (reference, authority) => `Entscheidung ${reference}, ${authority}`,
    none: 'Die verbotene Zone kann nicht gezeichnet werden.',
  },
}
