import type { Snapshot } from '../../wire'
import type { DeskWords } from '../shape/desk'

export const desk: DeskWords = {
  signIn: {
    title: 'Anmeldung in der Leitstelle',
    username: 'Name',
    password: 'Passwort',
    submit: 'Anmelden',
    busy: 'Anmeldung läuft …',
    byLink: 'Anmeldung mit Ihrem Link …',
    linkFailed:
      'Dieser Anmeldelink funktioniert nicht: Er wurde schon benutzt oder ist zu alt. Melden Sie sich mit Ihrem Namen an.',
  },
  link: {
    live: 'Verbunden',
    connecting: 'Verbindung wird aufgebaut …',
    lost: (asOf) => `Verbindung verloren. ${old(asOf)}`,
    silent: (asOf) => `Kein Lebenszeichen vom Gateway. ${old(asOf)}`,
    behind: (asOf) => `Stand wird nachgeholt. ${old(asOf)}`,
    none: 'Noch kein Lagebild.',
    asOf: (time) => (time === null ? 'Noch kein Lagebild' : `Stand ${time}`),
    latency: (ms) => `Verbindung ${ms} ms`,
    slow: (time) => `Die Verbindung ist langsam: ${time} für eine Antwort.`,
    restored: (time) => `Verbindung nach ${time} wiederhergestellt.`,
    retryIn: (seconds) => `Nächster Versuch in ${seconds} s.`,
    retrying: 'Neuer Versuch …',
    ended: {
      4400: 'Das Gateway hat diese Konsole nicht verstanden. Laden Sie die Seite neu.',
      4401: 'Ihre Sitzung ist beendet.',
      4403: 'Ihre Rolle oder Ihre Leitstellen geben keinen Zugriff auf diese Alarme.',
      4409: 'Diese Konsole wurde anderswo geöffnet.',
    },
    useHere: 'Hier verwenden',
    signInAgain: 'Neu anmelden',
    replayed: (centre, events) =>
      events === 1
        ? `${centre}: auf dem Stand, 1 Ereignis nachgeholt.`
        : `${centre}: auf dem Stand, ${events} Ereignisse nachgeholt.`,
    snapshot: (centre, reason) => `${centre}: ganzes Lagebild geladen (${SNAPSHOT_REASON[reason]}).`,
  },
  news: {
    raised: (purpose, name, centre) => `Neu: ${purpose}. ${name ?? 'Name unbekannt'}. ${centre}.`,
    pressedAgain: (name) => `${name ?? 'Das Opfer'} hat erneut gedrückt.`,
    acknowledged: (name, by) => `${name ?? 'Der Alarm'}: bestätigt von ${by}.`,
    coerced: (name) => `Abbruch unter Zwang: ${name ?? 'Das Opfer'} hat das Zwangswort genannt.`,
  },
  keys: { acknowledge: 'Bestätigen', choose: 'Alarm wählen', signOut: 'Abmelden' },
}

function old(asOf: string | null): string {
  return asOf === null ? 'Es gibt noch kein Lagebild.' : `Was Sie sehen, ist der Stand von ${asOf}.`
}

const SNAPSHOT_REASON: Record<Snapshot['reason'], string> = {
  first_attach: 'zum ersten Mal auf diesem Bildschirm',
  epoch_changed: 'das Protokoll des Gateways wurde ersetzt',
  expired: 'zu lange weg zum Nachholen',
  ahead_of_log: 'das Protokoll des Gateways wurde zurückgesetzt',
  too_far_behind: 'zu viel geschehen zum Nachholen',
}
