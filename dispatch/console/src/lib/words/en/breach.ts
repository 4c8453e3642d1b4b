import type { BreachWords } from '../shape/breach'

const OF = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west']

export const breach: BreachWords = {
  title: 'Forbidden zone',
  offender: 'Offender',
  offenderOf: (name) => `Offender, who threatens ${name}`,
  said: {
    inside: 'He is inside the forbidden zone',
    possible: (probability) => `He may be inside the forbidden zone (${probability})`,
    left: 'He has left the forbidden zone',
  },
  short: {
    inside: 'In the forbidden zone',
    possible: 'Maybe in the forbidden zone',
    left: 'Left the forbidden zone',
  },
  label: { inside: 'in the zone', possible: 'maybe in the zone', left: 'outside again' },
  where: (distance, direction, fromPlace) =>
    `${distance} ${direction === null ? 'from' : `${OF[direction]} of`} ${fromPlace ? 'its middle' : 'her'}`,
  approaching: 'coming closer',
  receding: 'going away',
  zone: (name) => `Zone “${name}”`,
  judged: (ago) => `judged ${ago}`,
  unsure: 'His radius reaches across the border of the zone.',
  leftNote: 'The alarm stays open until somebody closes it.',
  pressedToo: 'Her button was pressed too',
  notPressed: 'her button was not pressed',
  onRecord: 'on record',
  whereUnknown: 'Where she is now is not known: this is the protected place. Call her.',
  position: 'His position',
  track: 'His track up to now cannot be loaded. New positions are added as they come.',
  drawn: {
    within: (radius, place) => `Forbidden: within ${radius} of ${place}`,
    around: (radius) => `Forbidden: within ${radius} of her, wherever she is`,
    corners: (count, reach) => `Forbidden: an area of ${count} corners, up to ${reach} from its middle`,
    ring: (reach) => `Warning from ${reach} on`,
    decision: (reference, authority) => `Decision ${reference}, ${authority}`,
    none: 'The forbidden zone cannot be drawn.',
  },
}
