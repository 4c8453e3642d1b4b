import type { BreachWords } from '../shape/breach'

const OF = [
  'au nord',
  'au nord-est',
  'à l’est',
  'au sud-est',
  'au sud',
  'au sud-ouest',
  'à l’ouest',
  'au nord-ouest',
]

export const breach: BreachWords = {
  title: 'Zone interdite',
  offender: 'Auteur',
  offenderOf: (name) => `Auteur, menace ${name}`,
  said: {
    inside: 'Il est dans la zone interdite',
    possible: (probability) => `Il est peut-être dans la zone interdite (${probability})`,
    left: 'Il a quitté la zone interdite',
  },
  short: {
    inside: 'Dans la zone interdite',
    possible: 'Peut-être dans la zone interdite',
    left: 'Sorti de la zone interdite',
  },
  label: { inside: 'dans la zone', possible: 'peut-être dans la zone', left: 'ressorti' },
  where: (distance, direction, fromPlace) =>
    `à ${distance}${direction === null ? '' : ` ${OF[direction]}`} ${fromPlace ? 'du centre de la zone' : 'd’elle'}`,
  approaching: 'il se rapproche',
  receding: 'il s’éloigne',
  zone: (name) => `Zone « ${name} »`,
  judged: (ago) => `évalué ${ago}`,
  unsure: 'Son rayon dépasse la limite de la zone.',
  leftNote: 'L’alarme reste ouverte jusqu’à ce que quelqu’un la clôture.',
  pressedToo: 'Elle a aussi appuyé sur son bouton',
  notPressed: 'pas d’appui sur son bouton',
  onRecord: 'selon le dossier',
  whereUnknown: 'On ne sait pas où elle est : ceci est le lieu protégé. Appelez-la.',
  position: 'Sa position à lui',
  track: 'Son trajet jusqu’ici ne peut pas être chargé. Les nouvelles positions s’ajoutent.',
  drawn: {
    within: (radius, place) => `Interdit : à moins de ${radius} de ${place}`,
    around: (radius) => `Interdit : à moins de ${radius} d’elle, où qu’elle soit`,
    corners: (count, reach) => `Interdit : une zone de ${count} sommets, jusqu’à ${reach} du centre`,
    ring: (reach) => `Avertissement à partir de ${reach}`,
    decision: (reference, authority) => `Décision ${reference}, ${authority}`,
    none: 'La zone interdite ne peut pas être dessinée.',
  },
}
