import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Ansichten',
  language: 'Sprache',
  appearance: 'Darstellung',
  appearances: { system: 'Auto', dark: 'Dunkel', light: 'Hell' },
  views: { alarms: 'Alarme', supervision: 'Aufsicht', history: 'Rückblick', wall: 'Wandanzeige' },
  files: 'Akten',
  unfetched:
    'Dieser Teil des Bildschirms konnte nicht geladen werden. Alarme kommen weiterhin an. Laden Sie die Seite neu, sobald es geht.',
  reload: 'Neu laden',
  wall: {
    unanswered: (count) => `${count} unbeantwortet`,
    more: (count) => `und ${count} weitere`,
    noUnit: 'Keine Streife entsandt',
    leave: 'Zu den Alarmen',
  },
}
