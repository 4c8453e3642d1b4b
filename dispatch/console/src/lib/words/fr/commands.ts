import type { CommandWords } from '../shape/commands'

export const commands: CommandWords = {
  title: 'Commandes',
  act: {
    acknowledge: 'Prendre en charge',
    assign: 'Envoyer une équipe',
    unit_status: 'Statut de l’équipe',
    note: 'Noter',
    transfer: 'Transférer',
    close: 'Clôturer',
    reopen: 'Rouvrir',
    review: 'Contrôle : d’accord',
  },
  status: { dispatched: 'Envoyée', en_route: 'En route', on_scene: 'Sur place', cleared: 'De nouveau libre' },
  asking: 'En cours …',
  cancel: 'Ranger',
  noLink: 'Pas de liaison : impossible de le demander maintenant. Ce que vous avez saisi est conservé.',
  inFlight:
    'Pas de liaison : c’est peut-être fait, peut-être pas. Vous le verrez dès que la liaison revient ; ce que vous avez saisi est conservé.',
  unanswered:
    'Pas de réponse de la passerelle : c’est peut-être fait, peut-être pas. Ce que vous avez saisi est conservé.',
  again: 'Redemander',
  refused: (why) => `Pas fait. ${why}`,
  stale:
    'La victime a appuyé à nouveau ou demandé l’annulation depuis que vous avez commencé : vérifiez d’abord, puis clôturez à nouveau.',
  first: {
    acknowledge: (key) => `Prenez d’abord l’alarme en charge (${key}).`,
    unit: 'Aucune équipe n’a été envoyée.',
    noUnits: 'Aucune équipe en service que vous puissiez envoyer ici.',
  },
  lapse: {
    falls: (seconds) => `Redevient sans réponse dans ${seconds} s : envoyez une équipe.`,
    perhaps: (seconds) =>
      `Redevient sans réponse dans ${seconds} s, sauf si une équipe a été envoyée entre-temps : pas de liaison.`,
    due: 'Redevient sans réponse : aucune équipe n’a été envoyée.',
    fell: (count) =>
      count === 1
        ? 'De nouveau sans réponse : prise en charge, mais aucune équipe envoyée.'
        : `De nouveau sans réponse : prise en charge ${count} fois, mais aucune équipe envoyée.`,
  },
  assign: {
    title: 'Envoyer une équipe',
    unit: 'Équipe',
    free: 'libre',
    busy: (victim) => `chez ${victim}`,
    other: 'une autre alarme',
    eta: 'Sur place dans (minutes)',
    force: (unit, victim) => `Retirer ${unit} de : ${victim}`,
    submit: 'Envoyer',
    forceSubmit: 'Retirer et envoyer',
  },
  units: {
    title: 'Équipes envoyées',
    left: (minutes) => (minutes === 0 ? 'attendue maintenant' : `attendue dans les ${minutes} min`),
  },
  note: {
    title: 'Écrire une note',
    text: 'Texte de la note',
    submit: 'Noter',
    left: (characters) => `encore ${characters} caractères`,
  },
  transfer: {
    title: 'Transférer à un autre centre',
    to: 'Quel centre',
    note: 'Note pour ce centre (facultative)',
    hands: (centre) =>
      `L’alarme est sans réponse à ${centre} jusqu’à ce que quelqu’un la prenne en charge. Vous continuez à la voir.`,
    takes: (centre) => `Vous la reprenez pour ${centre}, et l’avez en charge.`,
    submit: 'Transférer',
  },
  offer: {
    here: (centre) => `La victime se trouve maintenant dans votre zone (${centre}).`,
    take: 'Reprendre',
    there: (centre) => `La victime se trouve maintenant dans la zone de ${centre}.`,
    hand: (centre) => `Transférer à ${centre}`,
  },
  close: {
    title: 'Clôturer l’alarme',
    outcome: 'Comment cela s’est-il terminé ?',
    genuine: 'Il y avait danger',
    noise: 'Pas de danger',
    note: 'Ce qui s’est passé',
    submit: 'Clôturer l’alarme',
    pressedAgain:
      'La victime a appuyé à nouveau ou demandé l’annulation depuis l’ouverture de ce formulaire.',
  },
  outcome: {
    arrest: { name: 'Arrestation', means: 'L’auteur a été arrêté.' },
    offender_gone: { name: 'Auteur parti', means: 'L’auteur était là, mais est parti avant l’équipe.' },
    offender_not_found: { name: 'Auteur introuvable', means: 'L’équipe a cherché sans trouver l’auteur.' },
    prevented: { name: 'Évité', means: 'L’équipe a empêché le pire.' },
    slip: { name: 'Fausse manœuvre', means: 'Pression par accident.' },
    test: { name: 'Essai', means: 'Quelqu’un a essayé le bouton.' },
    technical: { name: 'Technique', means: 'Le bouton ou le téléphone l’a envoyée tout seul.' },
    duplicate: { name: 'Doublon', means: 'Traitée avec un autre appel ou une autre alarme.' },
    misuse: { name: 'Abus', means: 'Pression volontaire, pour autre chose.' },
  },
  secondLook: {
    follows: 'Le contrôle d’un superviseur suit.',
    done: (name) => `Contrôle : ${name} est d’accord.`,
    only: 'En attente du contrôle d’un superviseur qui ne l’a pas clôturée.',
  },
  closed: (victim, outcome, by) =>
    by ? `${victim} : clôturée par ${by}. ${outcome}.` : `${victim} : clôturée. ${outcome}.`,
  gone: (victim) => `${victim} : n’est plus ouverte. L’issue se trouve dans l’historique.`,
  lookBack: 'Historique',
  reopen: { title: 'Rouvrir l’alarme', note: 'Pourquoi', submit: 'Rouvrir' },
  review: { title: 'Contrôle : d’accord avec l’issue', note: 'Note (facultative)', submit: 'D’accord' },
  missing: {
    unit: 'Choisissez une équipe.',
    force: 'Cette équipe a une autre alarme : confirmez que vous l’en retirez, ou choisissez-en une autre.',
    eta: 'Des minutes entières, au plus 1440, ou rien.',
    note: 'Écrivez une note.',
    to: 'Choisissez un centre.',
    outcome: 'Choisissez comment cela s’est terminé.',
  },
  done: {
    assign: (unit, victim) => `${unit} est envoyée auprès de ${victim}.`,
    status: (unit, status) => `${unit} : ${status}.`,
    note: (victim) => `Noté pour ${victim}.`,
    transfer: (victim, centre) => `${victim} : transférée à ${centre}.`,
    reopen: (victim) => `${victim} : rouverte.`,
    review: (victim) => `${victim} : contrôle fait.`,
  },
  news: {
    lapsed: (victim) => `De nouveau sans réponse : ${victim}. Aucune équipe n’a été envoyée.`,
    refused: (act, why) => `${act} : pas fait. ${why}`,
  },
  keys: { forms: 'Commandes', escape: 'Ranger le formulaire' },
}
