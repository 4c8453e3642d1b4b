import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Vues',
  language: 'Langue',
  appearance: 'Apparence',
  appearances: { system: 'Comme le système', dark: 'Sombre', light: 'Clair' },
  views: { alarms: 'Alarmes', supervision: 'Supervision', history: 'Historique', wall: 'Écran mural' },
}
