import type { FactsWords } from '../shape/facts'

export const facts: FactsWords = {
  course: {
    title: 'Wat er sindsdien gebeurde',
    escalated: (level, whom, ago) =>
      `Opgeschaald naar niveau ${level}, want niemand antwoordde: ${whom}, ${ago}.`,
    noConsole: 'In de meldkamer was geen enkele console verbonden.',
    lapsed: (count) =>
      count === 1
        ? 'Opnieuw onbeantwoord: het werd bevestigd, maar er werd geen ploeg gestuurd.'
        : `Opnieuw onbeantwoord: het werd ${count} keer bevestigd, maar er werd geen ploeg gestuurd.`,
    reopened: (count) => (count === 1 ? 'Heropend.' : `${count} keer heropend.`),
    transferred: (from, ago) => `Overgedragen door ${from}, ${ago}.`,
    also: (centres) => `Ook bij: ${centres}.`,
    crossed: (to) => `Het slachtoffer bevindt zich nu in het gebied van ${to}.`,
    tracking: {
      lost: 'De positie zou moeten binnenkomen, maar komt niet.',
      ended: 'De positie wordt niet meer gevolgd.',
    },
    moved: (distance) =>
      `Het slachtoffer heeft zich ${distance} verplaatst sinds de laatste ploeg wist waarheen.`,
    eta: (minutes) => `verwacht binnen ${minutes} min`,
    takenAway: 'weggehaald voor een ander alarm',
  },
  position: {
    title: 'Positie',
    none: 'Geen positie',
    noneNote: 'Er kwam er geen mee. Begin bij de bekende adressen en bel terug.',
    stale: 'Positie verouderd',
    age: (age) => `${age} oud`,
    within: (radius, confidence) => `binnen ${radius} (${confidence} zeker)`,
    radiusUnknown: 'straal onbekend',
    moving: (speed, towards) =>
      towards ? `verplaatst zich met ${speed} naar het ${towards}` : `verplaatst zich met ${speed}`,
    still: 'staat stil',
    simulated: 'gesimuleerd',
    odd: {
      stale: 'al oud bij aankomst',
      jump: 'te ver van de vorige om waar te zijn',
      imprecise: 'te onnauwkeurig om te zeggen waar',
      from_future: 'de klok van de telefoon loopt voor',
    },
  },
  trail: {
    title: 'Weg van het alarm',
    leg: {
      hearing: 'Knop naar telefoon',
      sending: 'Telefoon verzendt',
      network: 'Netwerk',
      commit: 'Opgeslagen',
      fanOut: 'Naar de consoles',
      painting: 'Op een scherm',
    },
    pressedToPainted: 'Druk tot op een scherm',
    pressedToAcknowledged: 'Druk tot bevestigd',
    unknown: 'onbekend',
    overBudget: (budget) => `Trager dan de toegestane ${budget} van ontvangst tot op een scherm.`,
    skew: (seconds) => `Klok van de telefoon ${seconds}; de tijden volgen die van de gateway.`,
  },
  button: {
    title: 'Knop en telefoon',
    button: 'Knop',
    phone: 'Telefoon',
    bonded: 'gekoppeld en versleuteld',
    unbonded: 'niet gekoppeld: kan worden nagebootst',
    battery: (percent) => `batterij ${percent} %`,
    batteryLow: (percent) => `batterij bijna leeg, ${percent} %`,
    unknown: 'batterij onbekend',
    pattern: 'Handeling',
  },
}
