import type { SessionWords } from '../shape/session'

export const session: SessionWords = {
  title: 'Sitzung',
  ending: (at) =>
    `Ihre Sitzung endet um ${at}. Sie sehen weiterhin alles, müssen sich aber anmelden, um zu handeln.`,
  ended: (at) => `Sitzung um ${at} beendet: Sie sehen noch alles; melden Sie sich an, um zu handeln.`,
  blank: (at) => `Um ${at} wird dieser Bildschirm leer.`,
  password: (name) => `Passwort von ${name}`,
  again: 'Erneut anmelden',
  byLink:
    'Sie kamen über einen einmaligen Link: Fordern Sie einen neuen an und öffnen Sie ihn in diesem Browser.',
  elsewhere: 'In einem neuen Tab erneut anmelden',
  somebodyElse: 'Jemand anders',
  stillIn:
    'Sie sind nicht abgemeldet: Das Gateway antwortet nicht. Melden Sie sich erneut ab, bevor Sie diesen Arbeitsplatz verlassen.',
  unsent: (commands) =>
    commands === 1
      ? 'Angemeldet. Ein Befehl wurde abgelehnt und nicht gesendet: Sehen Sie den Alarm an und wiederholen Sie ihn.'
      : `Angemeldet. ${commands} Befehle wurden abgelehnt und nicht gesendet: Sehen Sie die Alarme an und wiederholen Sie sie.`,
  understood: 'Verstanden',
  capsLock: 'Die Feststelltaste ist aktiv.',
  byProvider: (provider) => `Anmelden mit ${provider ?? 'Ihrem Polizeikonto'}`,
  orLocal: 'oder mit einem lokalen Konto',
  waiting: 'Melden Sie sich im anderen Tab an. Dieser Bildschirm bleibt, wie er ist.',
  refusal: {
    denied: 'Die Anmeldung wurde dort abgelehnt oder abgebrochen. Niemand ist angemeldet.',
    expired: 'Die Anmeldung dauerte zu lange oder erfolgte zweimal. Beginnen Sie von vorn.',
    'not-allowed':
      'Ihr Konto gibt keinen Zugang zu dieser Konsole: Es hat hier keine Rolle oder Leitstelle, oder es wurde gesperrt. Fragen Sie Ihren Administrator.',
    'too-many':
      'Zu viele Personen melden sich gleichzeitig an. Warten Sie zehn Sekunden und beginnen Sie von vorn.',
    unreachable:
      'Der Anmeldedienst ist nicht erreichbar. Versuchen Sie es erneut oder melden Sie sich anders an.',
    failed:
      'Der Antwort des Anmeldedienstes ist nicht zu trauen. Niemand ist angemeldet. Verständigen Sie Ihren Administrator.',
  },
  retry: 'Erneut versuchen',
  done: {
    here: 'Die Alarme hier zeigen',
    title: 'Sie sind wieder angemeldet',
    text: 'Der Bildschirm mit den Alarmen läuft von selbst weiter. Sie können diesen Tab schließen.',
  },
  noConsole: {
    title: (name) => `Angemeldet als ${name}`,
    text: 'Ihre Rolle bearbeitet keine Alarme, daher gibt es für Sie keinen Alarmbildschirm. Was Sie tun können:',
    noCentre:
      'Ihnen ist noch keine Leitstelle zugewiesen, daher gibt es nichts zu zeigen. Fragen Sie Ihren Administrator.',
    role: {
      case_officer:
        'Sachbearbeitung: Akten, Testzeiträume und ob ein Opfer geschützt ist. Vorerst mit dem Befehl msa registration und der Programmierschnittstelle (/v1/registrations, /v1/protections); Seiten dafür gibt es noch nicht.',
      magistrate:
        'Magistrat: einen Alarm gewähren, verlängern und beenden. Seiten dafür gibt es noch nicht; Ihr Aktenteam erledigt es für Sie.',
      integrator:
        'Integrator: Ihre Programme sprechen mit der Programmierschnittstelle (/openapi.json). Es gibt keinen Bildschirm.',
      auditor:
        'Prüfer: wer was getan und wer was angesehen hat. Seiten dafür gibt es noch nicht; bitten Sie den Administrator um einen Auszug.',
      admin:
        'Administrator: Konten, Geräte und Leitstellen, mit dem Befehl msa auf dem Server (msa operator, msa device, msa doctor).',
      canary: 'Kontrollalarm: Mit diesem Konto überwacht sich das System selbst. Es ist nicht für Menschen.',
    },
  },
}
