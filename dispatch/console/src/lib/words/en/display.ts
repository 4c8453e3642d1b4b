import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Views',
  language: 'Language',
  appearance: 'Appearance',
  appearances: { system: 'Auto', dark: 'Dark', light: 'Light' },
  views: { alarms: 'Alarms', supervision: 'Supervision', history: 'Looking back', wall: 'Wall display' },
  files: 'Case files',
  unfetched:
    'This part of the screen could not be fetched. Alarms come in all the same. Reload the page when you can.',
  reload: 'Reload',
  wall: {
    unanswered: (count) => `${count} unanswered`,
    more: (count) => `and ${count} more`,
    noUnit: 'No unit sent',
    leave: 'To the alarms',
  },
}
