import type { SessionWords } from '../shape/session'

export const session: SessionWords = {
  title: 'Session',
  ending: (at) =>
    `Votre session se termine à ${at}. Vous continuerez à tout voir, mais il faudra vous identifier pour agir.`,
  ended: (at) => `Session terminée à ${at} : vous voyez encore tout ; identifiez-vous pour agir.`,
  blank: (at) => `À ${at}, cet écran se videra.`,
  password: (name) => `Mot de passe de ${name}`,
  again: 'S’identifier à nouveau',
  byLink:
    'Vous êtes entré par un lien à usage unique : demandez-en un nouveau et ouvrez-le dans ce navigateur.',
  elsewhere: 'S’identifier à nouveau dans un nouvel onglet',
  somebodyElse: 'Quelqu’un d’autre',
  stillIn:
    'Vous êtes toujours connecté : la passerelle ne répond pas. Déconnectez-vous à nouveau avant de quitter ce poste.',
  unsent: (commands) =>
    commands === 1
      ? 'Identifié. Un ordre a été refusé et n’a pas été envoyé : regardez l’alarme, puis recommencez.'
      : `Identifié. ${commands} ordres ont été refusés et n’ont pas été envoyés : regardez les alarmes, puis recommencez.`,
  understood: 'Compris',
  capsLock: 'Verr. Maj est activé.',
  byProvider: (provider) => `S’identifier avec ${provider ?? 'votre compte police'}`,
  orLocal: 'ou avec un compte local',
  waiting: 'Identifiez-vous dans l’autre onglet. Cet écran reste tel quel.',
  refusal: {
    denied: 'L’identification y a été refusée ou annulée. Personne n’est identifié.',
    expired: 'L’identification a duré trop longtemps ou a été faite deux fois. Recommencez.',
    'not-allowed':
      'Votre compte ne donne pas accès à cette console : il n’a ici ni rôle ni centre, ou il a été désactivé. Adressez-vous à votre administrateur.',
    'too-many': 'Trop de personnes s’identifient en même temps. Attendez dix secondes et recommencez.',
    unreachable:
      'Le service d’identification est injoignable. Réessayez, ou identifiez-vous autrement si c’est possible.',
    failed:
      'La réponse du service d’identification n’est pas fiable. Personne n’est identifié. Prévenez votre administrateur.',
  },
  retry: 'Réessayer',
  done: {
    here: 'Afficher les alarmes ici',
    title: 'Vous êtes à nouveau identifié',
    text: 'L’écran des alarmes continue de lui-même. Vous pouvez fermer cet onglet.',
  },
  noConsole: {
    title: (name) => `Identifié comme ${name}`,
    text: 'Votre rôle ne traite pas d’alarmes : il n’y a pas d’écran d’alarmes pour vous. Ce que vous pouvez faire :',
    noCentre:
      'Aucun centre ne vous est attribué : il n’y a rien à montrer. Adressez-vous à votre administrateur.',
    role: {
      case_officer:
        'Gestionnaire de dossiers : les dossiers, les périodes de test et la protection d’une victime. Pour l’instant par la commande msa registration et l’interface de programmation (/v1/registrations, /v1/protections) ; il n’y a pas encore de pages.',
      magistrate:
        'Magistrat : accorder, prolonger et clore une alarme. Il n’y a pas encore de pages ; votre équipe de dossier le fait pour vous.',
      integrator:
        'Intégrateur : vos programmes parlent à l’interface de programmation (/openapi.json). Il n’y a pas d’écran.',
      auditor:
        'Auditeur : qui a fait quoi et qui a regardé quoi. Il n’y a pas encore de pages ; demandez un extrait à l’administrateur.',
      admin:
        'Administrateur : comptes, appareils et centres, par la commande msa sur le serveur (msa operator, msa device, msa doctor).',
      canary:
        'Alarme de contrôle : par ce compte, le système se surveille lui-même. Il n’est pas destiné aux personnes.',
    },
  },
}
