import type { FactsWords } from '../shape/facts'

export const facts: FactsWords = {
  course: {
    title: 'Was seither geschah',
    escalated: (level, whom, ago) => `Eskaliert auf Stufe ${level}, da niemand antwortete: ${whom}, ${ago}.`,
    noConsole: 'In der Leitstelle war keine Konsole verbunden.',
    lapsed: (count) =>
      count === 1
        ? 'Wieder unbeantwortet: bestätigt, aber es wurde keine Streife entsandt.'
        : `Wieder unbeantwortet: ${count}-mal bestätigt, aber es wurde keine Streife entsandt.`,
    reopened: (count) => (count === 1 ? 'Wieder geöffnet.' : `${count}-mal wieder geöffnet.`),
    transferred: (from, ago) => `Übergeben von ${from}, ${ago}.`,
    also: (centres) => `Auch bei: ${centres}.`,
    crossed: (to) => `Das Opfer ist jetzt im Gebiet von ${to}.`,
    tracking: {
      lost: 'Die Position müsste eingehen, bleibt aber aus.',
      ended: 'Die Position wird nicht mehr verfolgt.',
    },
    moved: (distance) => `Das Opfer hat sich ${distance} bewegt, seit die letzte Streife den Ort erhielt.`,
    eta: (minutes) => `erwartet in ${minutes} min`,
    takenAway: 'für einen anderen Alarm abgezogen',
  },
  position: {
    title: 'Position',
    none: 'Keine Position',
    noneNote: 'Mit dem Knopfdruck kam keine. Bei den bekannten Adressen beginnen und zurückrufen.',
    stale: 'Position veraltet',
    age: (age) => `${age} alt`,
    within: (radius, confidence) => `auf ${radius} genau (zu ${confidence} sicher)`,
    radiusUnknown: 'Radius unbekannt',
    moving: (speed, towards) =>
      towards ? `bewegt sich mit ${speed} nach ${towards}` : `bewegt sich mit ${speed}`,
    still: 'bewegt sich nicht',
    simulated: 'simuliert',
    odd: {
      stale: 'schon alt, als sie eintraf',
      jump: 'zu weit von der vorigen, um zu stimmen',
      imprecise: 'zu ungenau, um zu sagen, wo',
      from_future: 'die Uhr des Telefons geht vor',
    },
  },
  trail: {
    title: 'Weg des Alarms',
    leg: {
      hearing: 'Knopf zum Telefon',
      sending: 'Telefon sendet',
      network: 'Netz',
      commit: 'Gespeichert',
      fanOut: 'An die Konsolen',
      painting: 'Auf einem Bildschirm',
    },
    pressedToPainted: 'Vom Druck bis zum Bildschirm',
    pressedToAcknowledged: 'Vom Druck bis zur Bestätigung',
    unknown: 'unbekannt',
    overBudget: (budget) => `Langsamer als die erlaubten ${budget} vom Eingang bis zum Bildschirm.`,
    skew: (seconds) => `Uhr des Telefons ${seconds}; die Zeiten folgen der des Gateways.`,
  },
  button: {
    title: 'Knopf und Telefon',
    button: 'Knopf',
    phone: 'Telefon',
    bonded: 'gekoppelt und verschlüsselt',
    unbonded: 'nicht gekoppelt: kann nachgeahmt werden',
    battery: (percent) => `Batterie ${percent} %`,
    batteryLow: (percent) => `Batterie schwach, ${percent} %`,
    unknown: 'Batterie unbekannt',
    pattern: 'Betätigung',
  },
}
