import type { CommandWords } from '../shape/commands'

export const commands: CommandWords = {
  title: 'Opdrachten',
  act: {
    acknowledge: 'Bevestigen',
    assign: 'Ploeg sturen',
    unit_status: 'Status ploeg',
    note: 'Nota',
    transfer: 'Overdragen',
    close: 'Afsluiten',
    reopen: 'Heropenen',
    review: 'Nazicht: akkoord',
  },
  status: {
    dispatched: 'Uitgestuurd',
    en_route: 'Onderweg',
    on_scene: 'Ter plaatse',
    cleared: 'Weer vrij',
  },
  asking: 'Bezig …',
  cancel: 'Wegleggen',
  noLink: 'Geen verbinding: dit kan nu niet gevraagd worden. Wat u typte, blijft bewaard.',
  inFlight:
    'Geen verbinding: misschien is het gebeurd, misschien niet. U ziet het zodra de verbinding er weer is; wat u typte, blijft bewaard.',
  unanswered:
    'Geen antwoord van de gateway: misschien is het gelukt, misschien niet. Wat u typte, blijft bewaard.',
  again: 'Opnieuw vragen',
  refused: (why) => `Niet gebeurd. ${why}`,
  stale:
    'Het slachtoffer drukte opnieuw of vroeg te annuleren sinds u begon: kijk eerst, en sluit dan opnieuw af.',
  first: {
    acknowledge: (key) => `Bevestig het alarm eerst (${key}).`,
    unit: 'Er is geen ploeg gestuurd.',
    noUnits: 'Er is geen ploeg in dienst die u hierheen kunt sturen.',
  },
  lapse: {
    falls: (seconds) => `Valt over ${seconds} s terug naar onbeantwoord: stuur een ploeg.`,
    perhaps: (seconds) =>
      `Valt over ${seconds} s terug naar onbeantwoord, tenzij intussen een ploeg gestuurd werd: er is geen verbinding.`,
    due: 'Valt nu terug naar onbeantwoord: er werd geen ploeg gestuurd.',
    fell: (count) =>
      count === 1
        ? 'Opnieuw onbeantwoord: het werd bevestigd, maar er werd geen ploeg gestuurd.'
        : `Opnieuw onbeantwoord: het werd ${count} keer bevestigd, maar er werd geen ploeg gestuurd.`,
  },
  assign: {
    title: 'Een ploeg sturen',
    unit: 'Ploeg',
    free: 'vrij',
    busy: (victim) => `bij ${victim}`,
    other: 'een ander alarm',
    eta: 'Ter plaatse binnen (minuten)',
    force: (unit, victim) => `${unit} weghalen bij ${victim}`,
    submit: 'Sturen',
    forceSubmit: 'Weghalen en sturen',
  },
  units: {
    title: 'Gestuurde ploegen',
    left: (minutes) => (minutes === 0 ? 'nu verwacht' : `verwacht binnen ${minutes} min`),
  },
  note: {
    title: 'Een nota schrijven',
    text: 'Nota',
    submit: 'Noteren',
    left: (characters) => `nog ${characters} tekens`,
  },
  transfer: {
    title: 'Overdragen aan een andere meldkamer',
    to: 'Meldkamer',
    note: 'Nota voor hen (mag leeg blijven)',
    hands: (centre) => `Het is onbeantwoord bij ${centre} tot iemand daar bevestigt. U blijft het zien.`,
    takes: (centre) => `U neemt het over voor ${centre} en hebt het dan in behandeling.`,
    submit: 'Overdragen',
  },
  offer: {
    here: (centre) => `Het slachtoffer bevindt zich nu in uw gebied (${centre}).`,
    take: 'Overnemen',
    there: (centre) => `Het slachtoffer bevindt zich nu in het gebied van ${centre}.`,
    hand: (centre) => `Overdragen aan ${centre}`,
  },
  close: {
    title: 'Het alarm afsluiten',
    outcome: 'Hoe liep het af?',
    genuine: 'Er was gevaar',
    noise: 'Geen gevaar',
    note: 'Wat er gebeurde',
    submit: 'Alarm afsluiten',
    pressedAgain: 'Het slachtoffer drukte opnieuw of vroeg te annuleren sinds u dit opende.',
  },
  outcome: {
    arrest: { name: 'Aanhouding', means: 'De dader werd aangehouden.' },
    offender_gone: { name: 'Dader weg', means: 'De dader was er, maar vertrok voor de ploeg er was.' },
    offender_not_found: { name: 'Dader niet gevonden', means: 'De ploeg zocht, maar vond de dader niet.' },
    prevented: { name: 'Voorkomen', means: 'De ploeg kon erger voorkomen.' },
    slip: { name: 'Vergissing', means: 'Per ongeluk gedrukt.' },
    test: { name: 'Uitgetest', means: 'Iemand probeerde de knop uit.' },
    technical: { name: 'Technisch', means: 'De knop of telefoon verstuurde het vanzelf.' },
    duplicate: { name: 'Dubbel', means: 'Wordt bij een andere oproep of een ander alarm behandeld.' },
    misuse: { name: 'Misbruik', means: 'Met opzet gedrukt, voor iets anders.' },
  },
  secondLook: {
    follows: 'Nazicht door een supervisor volgt.',
    done: (name) => `Nazicht: ${name} gaat akkoord.`,
    only: 'Wacht op nazicht door een supervisor die het niet zelf afsloot.',
  },
  closed: (victim, outcome, by) =>
    by ? `${victim}: afgesloten door ${by}. ${outcome}.` : `${victim}: afgesloten. ${outcome}.`,
  gone: (victim) => `${victim}: niet meer open. Hoe het afliep, staat bij Terugkijken.`,
  lookBack: 'Terugkijken',
  reopen: { title: 'Het alarm heropenen', note: 'Waarom', submit: 'Heropenen' },
  review: {
    title: 'Nazicht: akkoord met de afloop',
    note: 'Nota (mag leeg blijven)',
    submit: 'Akkoord',
  },
  missing: {
    unit: 'Kies een ploeg.',
    force: 'Deze ploeg heeft een ander alarm: bevestig dat u ze daar weghaalt, of kies een andere.',
    eta: 'Hele minuten, hoogstens 1440, of niets.',
    note: 'Schrijf een nota.',
    to: 'Kies een meldkamer.',
    outcome: 'Kies hoe het afliep.',
  },
  done: {
    assign: (unit, victim) => `${unit} is naar ${victim} gestuurd.`,
    status: (unit, status) => `${unit}: ${status}.`,
    note: (victim) => `Genoteerd bij ${victim}.`,
    transfer: (victim, centre) => `${victim}: overgedragen aan ${centre}.`,
    reopen: (victim) => `${victim}: heropend.`,
    review: (victim) => `${victim}: nazicht gedaan.`,
  },
  news: {
    lapsed: (victim) => `Opnieuw onbeantwoord: ${victim}. Er werd geen ploeg gestuurd.`,
    refused: (act, why) => `${act}: niet gebeurd. ${why}`,
  },
  keys: { forms: 'Opdrachten', escape: 'Formulier wegleggen' },
}
