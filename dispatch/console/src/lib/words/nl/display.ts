import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Weergaven',
  language: 'Taal',
  appearance: 'Uiterlijk',
  appearances: { system: 'Auto', dark: 'Donker', light: 'Licht' },
  views: { alarms: 'Alarmen', supervision: 'Toezicht', history: 'Terugkijken', wall: 'Muurscherm' },
  files: 'Dossiers',
  unfetched:
    'Dit deel van het scherm kon niet worden opgehaald. Alarmen komen gewoon binnen. Herlaad de pagina zodra het kan.',
  reload: 'Herladen',
  wall: {
    unanswered: (count) => `${count} onbeantwoord`,
    more: (count) => `en nog ${count}`,
    noUnit: 'Geen ploeg gestuurd',
    leave: 'Naar de alarmen',
  },
}
