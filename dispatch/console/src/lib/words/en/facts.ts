import type { FactsWords } from '../shape/facts'

export const facts: FactsWords = {
  course: {
    title: 'What happened since',
    escalated: (level, whom, ago) => `Escalated to level ${level}, as nobody answered: ${whom} ${ago}.`,
    noConsole: 'No console of its centre was attached.',
    lapsed: (count) =>
      count === 1
        ? 'Unanswered again: it was acknowledged and no unit was sent.'
        : `Unanswered again: it was acknowledged ${count} times and no unit was sent.`,
    reopened: (count) => (count === 1 ? 'Reopened.' : `Reopened ${count} times.`),
    transferred: (from, ago) => `Transferred by ${from} ${ago}.`,
    also: (centres) => `Also: ${centres}.`,
    crossed: (to) => `She is in the area of ${to} now.`,
    tracking: {
      lost: 'Her position should be coming and is not.',
      ended: 'Her position is not followed any more.',
    },
    moved: (distance) => `She has moved ${distance} since the last unit was told where.`,
    eta: (minutes) => `expected within ${minutes} min`,
    takenAway: 'taken away for another alarm',
  },
  position: {
    title: 'Position',
    none: 'No position',
    noneNote: 'None came with the press. Start from her addresses and call back.',
    stale: 'Position stale',
    age: (age) => `${age} old`,
    within: (radius, confidence) => `within ${radius} (${confidence} sure)`,
    radiusUnknown: 'radius not known',
    moving: (speed, towards) => (towards ? `moving ${speed} towards ${towards}` : `moving ${speed}`),
    still: 'not moving',
    simulated: 'simulated',
    odd: {
      stale: 'already old when it came',
      jump: 'too far from the one before to be true',
      imprecise: 'too coarse to say where',
      from_future: 'the phone’s clock is ahead',
    },
  },
  trail: {
    title: 'Trail',
    leg: {
      hearing: 'Button to phone',
      sending: 'Phone to send',
      network: 'Network',
      commit: 'Saved',
      fanOut: 'Sent to consoles',
      painting: 'On a screen',
    },
    pressedToPainted: 'Pressed to on a screen',
    pressedToAcknowledged: 'Pressed to acknowledged',
    unknown: 'not known',
    overBudget: (budget) => `Slower than the ${budget} allowed from received to on a screen.`,
    skew: (seconds) => `Phone’s clock ${seconds}; times are set by the gateway’s.`,
  },
  button: {
    title: 'Button and phone',
    button: 'Button',
    phone: 'Phone',
    bonded: 'bonded and encrypted',
    unbonded: 'not bonded: can be imitated',
    battery: (percent) => `battery ${percent} %`,
    batteryLow: (percent) => `battery low, ${percent} %`,
    unknown: 'battery not known',
    pattern: 'Act',
  },
}
