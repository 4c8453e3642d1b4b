import type { FactsWords } from '../shape/facts'

export const facts: FactsWords = {
  course: {
    title: 'Depuis le déclenchement',
    escalated: (level, whom, ago) => `Escalade au niveau ${level}, faute de réponse : ${whom} ${ago}.`,
    noConsole: 'Aucune console du centre n’était connectée.',
    lapsed: (count) =>
      count === 1
        ? 'De nouveau sans réponse : prise en charge, mais aucune équipe envoyée.'
        : `De nouveau sans réponse : prise en charge ${count} fois, mais aucune équipe envoyée.`,
    reopened: (count) => (count === 1 ? 'Rouverte.' : `Rouverte ${count} fois.`),
    transferred: (from, ago) => `Transférée par ${from} ${ago}.`,
    also: (centres) => `Aussi chez : ${centres}.`,
    crossed: (to) => `La victime se trouve maintenant dans la zone de ${to}.`,
    tracking: {
      lost: 'La position devrait arriver et n’arrive pas.',
      ended: 'La position n’est plus suivie.',
    },
    moved: (distance) =>
      `La victime s’est déplacée de ${distance} depuis que la dernière équipe a reçu le lieu.`,
    eta: (minutes) => `attendue dans les ${minutes} min`,
    takenAway: 'retirée pour une autre alarme',
  },
  position: {
    title: 'Position',
    none: 'Pas de position',
    noneNote: 'Aucune n’accompagnait la pression. Partez des adresses connues et rappelez.',
    stale: 'Position périmée',
    age: (age) => `datant de ${age}`,
    within: (radius, confidence) => `à ${radius} près (sûr à ${confidence})`,
    radiusUnknown: 'rayon inconnu',
    moving: (speed, towards) =>
      towards ? `se déplace à ${speed}, direction ${towards}` : `se déplace à ${speed}`,
    still: 'immobile',
    simulated: 'simulée',
    odd: {
      stale: 'déjà ancienne à l’arrivée',
      jump: 'trop loin de la précédente pour être vraie',
      imprecise: 'trop imprécise pour dire où',
      from_future: 'l’horloge du téléphone avance',
    },
  },
  trail: {
    title: 'Parcours de l’alarme',
    leg: {
      hearing: 'Bouton au téléphone',
      sending: 'Envoi du téléphone',
      network: 'Réseau',
      commit: 'Enregistrée',
      fanOut: 'Vers les consoles',
      painting: 'À l’écran',
    },
    pressedToPainted: 'De la pression à l’écran',
    pressedToAcknowledged: 'De la pression à la prise en charge',
    unknown: 'inconnu',
    overBudget: (budget) => `Plus lent que les ${budget} permis de la réception à l’écran.`,
    skew: (seconds) => `Horloge du téléphone ${seconds} ; les heures suivent celle de la passerelle.`,
  },
  button: {
    title: 'Bouton et téléphone',
    button: 'Bouton',
    phone: 'Téléphone',
    bonded: 'appairé et chiffré',
    unbonded: 'non appairé : peut être imité',
    battery: (percent) => `batterie ${percent} %`,
    batteryLow: (percent) => `batterie faible, ${percent} %`,
    unknown: 'batterie inconnue',
    pattern: 'Geste',
  },
}
