import type { SessionWords } from '../shape/session'

export const session: SessionWords = {
  title: 'Sessie',
  ending: (at) =>
    `Uw sessie eindigt om ${at}. U blijft alles zien, maar moet zich aanmelden om iets te doen.`,
  ended: (at) => `Sessie afgelopen om ${at}: u ziet nog alles; meld u aan om iets te doen.`,
  blank: (at) => `Om ${at} wordt dit scherm leeg.`,
  password: (name) => `Wachtwoord van ${name}`,
  again: 'Opnieuw aanmelden',
  byLink: 'U kwam met een eenmalige link: vraag een nieuwe en open die in deze browser.',
  elsewhere: 'Opnieuw aanmelden in een nieuw tabblad',
  somebodyElse: 'Iemand anders',
  stillIn: 'U bent niet afgemeld: de gateway antwoordt niet. Meld u opnieuw af voor u deze computer verlaat.',
  unsent: (commands) =>
    commands === 1
      ? 'Aangemeld. Eén opdracht is geweigerd en niet verstuurd: bekijk het alarm en doe het opnieuw.'
      : `Aangemeld. ${commands} opdrachten zijn geweigerd en niet verstuurd: bekijk de alarmen en doe ze opnieuw.`,
  understood: 'Begrepen',
  capsLock: 'Caps Lock staat aan.',
  byProvider: (provider) => `Aanmelden met ${provider ?? 'uw politieaccount'}`,
  orLocal: 'of met een lokale account',
  waiting: 'Meld u aan in het andere tabblad. Dit scherm blijft zoals het is.',
  refusal: {
    denied: 'De aanmelding is daar geweigerd of afgebroken. Er is niemand aangemeld.',
    expired: 'De aanmelding duurde te lang of gebeurde twee keer. Begin opnieuw.',
    'not-allowed':
      'Uw account geeft geen toegang tot deze console: er hoort hier geen rol of meldkamer bij, of ze is uitgeschakeld. Vraag het aan uw beheerder.',
    'too-many': 'Er melden zich te veel mensen tegelijk aan. Wacht tien seconden en begin opnieuw.',
    unreachable: 'De aanmelddienst is nu niet bereikbaar. Probeer opnieuw, of meld u anders aan als dat kan.',
    failed:
      'Het antwoord van de aanmelddienst is niet te vertrouwen. Er is niemand aangemeld. Meld het aan uw beheerder.',
  },
  retry: 'Opnieuw proberen',
  done: {
    here: 'De alarmen hier tonen',
    title: 'U bent opnieuw aangemeld',
    text: 'Het scherm met de alarmen gaat vanzelf verder. U mag dit tabblad sluiten.',
  },
  noConsole: {
    title: (name) => `Aangemeld als ${name}`,
    text: 'Uw rol behandelt geen alarmen, dus is er geen alarmscherm voor u. Wat u wel kunt:',
    noCentre: 'Er is u nog geen meldkamer toegewezen, dus is er niets te tonen. Vraag het aan uw beheerder.',
    role: {
      case_officer:
        'Dossierbeheerder: dossiers, testperiodes en of een slachtoffer beschermd is. Voorlopig met het commando msa registration en de programmeerinterface (/v1/registrations, /v1/protections); er zijn nog geen pagina’s voor.',
      magistrate:
        'Magistraat: een alarm toekennen, verlengen en afsluiten. Er zijn nog geen pagina’s voor; uw dossierteam doet het voor u.',
      integrator:
        'Integrator: uw programma’s spreken met de programmeerinterface (/openapi.json). Er is geen scherm.',
      auditor:
        'Auditor: wie deed wat en wie keek waarnaar. Er zijn nog geen pagina’s voor; vraag de beheerder een uittreksel.',
      admin:
        'Beheerder: accounts, toestellen en meldkamers, met het commando msa op de server (msa operator, msa device, msa doctor).',
      canary: 'Controlealarm: met deze account bewaakt het systeem zichzelf. Ze is niet voor mensen.',
    },
  },
}
