import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Ansichten',
  language: 'Sprache',
  appearance: 'Darstellung',
  appearances: { system: 'Auto', dark: 'Dunkel', light: 'Hell' },
  views: { alarms: 'Alarme', supervision: 'Aufsicht', history: 'Rückblick', wall: 'Wandanzeige' },
  wall: {
    unanswered: (count) => `${count} unbeantwortet`,
    more: (count) => `und ${count} weitere`,
    noUnit: 'Keine Streife entsandt',
    leave: 'Zu den Alarmen',
  },
}
