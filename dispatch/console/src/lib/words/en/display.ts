import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Views',
  language: 'Language',
  appearance: 'Appearance',
  appearances: { system: 'As the system', dark: 'Dark', light: 'Light' },
  views: { alarms: 'Alarms', supervision: 'Supervision', history: 'Looking back', wall: 'Wall display' },
}
