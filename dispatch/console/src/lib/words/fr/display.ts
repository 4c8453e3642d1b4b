import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Vues',
  language: 'Langue',
  appearance: 'Apparence',
  appearances: { system: 'Auto', dark: 'Sombre', light: 'Clair' },
  views: { alarms: 'Alarmes', supervision: 'Supervision', history: 'Historique', wall: 'Écran mural' },
  files: 'Dossiers',
  unfetched:
    'Cette partie de l’écran n’a pas pu être chargée. Les alarmes arrivent malgré tout. Rechargez la page dès que possible.',
  reload: 'Recharger',
  wall: {
    unanswered: (count) => `${count} sans réponse`,
    more: (count) => `et encore ${count}`,
    noUnit: 'Aucune équipe envoyée',
    leave: 'Vers les alarmes',
  },
}
