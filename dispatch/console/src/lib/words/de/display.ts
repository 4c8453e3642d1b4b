import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Ansichten',
  language: 'Sprache',
  appearance: 'Darstellung',
  appearances: { system: 'Wie das System', dark: 'Dunkel', light: 'Hell' },
  views: { alarms: 'Alarme', supervision: 'Aufsicht', history: 'Rückblick', wall: 'Wandanzeige' },
}
