import type { Snapshot } from '../../wire'
import type { DeskWords } from '../shape/desk'

export const desk: DeskWords = {
  signIn: {
    title: 'Connexion au dispatching',
    username: 'Nom',
    password: 'Mot de passe',
    submit: 'Se connecter',
    busy: 'Connexion en cours …',
    byLink: 'Connexion avec votre lien …',
    linkFailed:
      'Ce lien de connexion ne fonctionne pas : il a déjà servi ou il est trop ancien. Connectez-vous avec votre nom.',
  },
  link: {
    live: 'En direct',
    connecting: 'Connexion en cours …',
    lost: (asOf) => `Liaison perdue. ${old(asOf)}`,
    silent: (asOf) => `Plus aucun signe de la passerelle. ${old(asOf)}`,
    behind: (asOf) => `Rattrapage en cours. ${old(asOf)}`,
    none: 'Pas encore de situation.',
    asOf: (time) => (time === null ? 'Pas encore de situation' : `Situation à ${time}`),
    latency: (ms) => `liaison ${ms} ms`,
    slow: (time) => `La liaison est lente : ${time} pour une réponse.`,
    restored: (time) => `Liaison rétablie après ${time}.`,
    retryIn: (seconds) => `Nouvel essai dans ${seconds} s.`,
    retrying: 'Nouvel essai …',
    ended: {
      4400: 'La passerelle n’a pas compris cette console. Rechargez la page.',
      4401: 'Votre session est terminée.',
      4403: 'Votre rôle ou vos centres ne donnent pas accès à ces alarmes.',
      4409: 'Cette console a été ouverte ailleurs.',
    },
    useHere: 'Utiliser ici',
    signInAgain: 'Se reconnecter',
    replayed: (centre, events) =>
      events <= 1
        ? `${centre} : à jour, ${events} événement rattrapé.`
        : `${centre} : à jour, ${events} événements rattrapés.`,
    snapshot: (centre, reason) => `${centre} : situation complète chargée (${SNAPSHOT_REASON[reason]}).`,
  },
  news: {
    raised: (purpose, name, centre) => `Nouveau : ${purpose}. ${name ?? 'Nom inconnu'}. ${centre}.`,
    pressedAgain: (name) => `${name ?? 'La victime'} a de nouveau appuyé.`,
    acknowledged: (name, by) => `${name ?? 'L’alarme'} : prise en charge par ${by}.`,
    coerced: (name) =>
      `Annulation sous la contrainte : ${name ?? 'la victime'} a donné son mot de contrainte.`,
  },
  keys: { acknowledge: 'Prendre en charge', choose: 'Choisir une alarme', signOut: 'Se déconnecter' },
}

function old(asOf: string | null): string {
  return asOf === null
    ? 'Il n’y a pas encore de situation à afficher.'
    : `Ce que vous voyez est la situation à ${asOf}.`
}

const SNAPSHOT_REASON: Record<Snapshot['reason'], string> = {
  first_attach: 'première fois sur cet écran',
  epoch_changed: 'le journal de la passerelle a été remplacé',
  expired: 'absence trop longue pour un rattrapage',
  ahead_of_log: 'le journal de la passerelle est revenu en arrière',
  too_far_behind: 'trop d’événements pour un rattrapage',
}
