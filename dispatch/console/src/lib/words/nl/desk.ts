import type { Snapshot } from '../../wire'
import type { DeskWords } from '../shape/desk'

export const desk: DeskWords = {
  signIn: {
    title: 'Aanmelden in de meldkamer',
    username: 'Naam',
    password: 'Wachtwoord',
    submit: 'Aanmelden',
    busy: 'Bezig met aanmelden …',
    byLink: 'Aanmelden met uw link …',
    linkFailed: 'Deze aanmeldlink werkt niet: hij is al gebruikt of te oud. Meld u aan met uw naam.',
  },
  link: {
    live: 'Verbonden',
    connecting: 'Verbinden …',
    lost: (asOf) => `Verbinding verbroken. ${old(asOf)}`,
    silent: (asOf) => `Niets meer gehoord van de gateway. ${old(asOf)}`,
    behind: (asOf) => `Bezig met bijwerken. ${old(asOf)}`,
    none: 'Nog geen beeld.',
    asOf: (time) => (time === null ? 'Nog geen beeld' : `Toestand om ${time}`),
    latency: (ms) => `verbinding ${ms} ms`,
    slow: (time) => `De verbinding is traag: ${time} voor een antwoord.`,
    restored: (time) => `Verbinding hersteld na ${time}.`,
    retryIn: (seconds) => `Nieuwe poging over ${seconds} s.`,
    retrying: 'Nieuwe poging …',
    ended: {
      4400: 'De gateway begreep deze console niet. Herlaad de pagina.',
      4401: 'Uw sessie is beëindigd.',
      4403: 'Uw rol of uw meldkamers geven geen toegang tot deze alarmen.',
      4409: 'Deze console is elders geopend.',
    },
    useHere: 'Hier gebruiken',
    signInAgain: 'Opnieuw aanmelden',
    replayed: (centre, events) =>
      events === 1
        ? `${centre}: bijgewerkt, 1 gebeurtenis ingehaald.`
        : `${centre}: bijgewerkt, ${events} gebeurtenissen ingehaald.`,
    snapshot: (centre, reason) => `${centre}: volledig beeld geladen (${SNAPSHOT_REASON[reason]}).`,
  },
  news: {
    raised: (purpose, name, centre) => `Nieuw: ${purpose}. ${name ?? 'Naam onbekend'}. ${centre}.`,
    pressedAgain: (name) => `${name ?? 'Het slachtoffer'} heeft opnieuw gedrukt.`,
    acknowledged: (name, by) => `${name ?? 'Het alarm'}: bevestigd door ${by}.`,
    coerced: (name) => `Annulering onder dwang: ${name ?? 'het slachtoffer'} gaf het dwangwoord.`,
  },
  keys: { acknowledge: 'Bevestigen', choose: 'Een alarm kiezen', signOut: 'Afmelden' },
}

function old(asOf: string | null): string {
  return asOf === null ? 'Er is nog geen beeld.' : `Wat u ziet, is de toestand om ${asOf}.`
}

const SNAPSHOT_REASON: Record<Snapshot['reason'], string> = {
  first_attach: 'voor het eerst op dit scherm',
  epoch_changed: 'het logboek van de gateway is vervangen',
  expired: 'te lang weg om bij te werken',
  ahead_of_log: 'het logboek van de gateway is teruggezet',
  too_far_behind: 'te veel gebeurd om bij te werken',
}
