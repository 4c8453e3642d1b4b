import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Vues',
  language: 'Langue',
  appearance: 'Apparence',
  appearances: { system: 'Auto', dark: 'Sombre', light: 'Clair' },
  views: { alarms: 'Alarmes', supervision: 'Supervision', history: 'Historique', wall: 'Écran mural' },
  wall: {
    unanswered: (count) => `${count} sans réponse`,
    more: (count) => `et encore ${count}`,
    noUnit: 'Aucune équipe envoyée',
    leave: 'Vers les alarmes',
  },
}
