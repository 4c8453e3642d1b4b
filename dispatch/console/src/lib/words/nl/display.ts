import type { DisplayWords } from '../shape/display'

export const display: DisplayWords = {
  title: 'Weergaven',
  language: 'Taal',
  appearance: 'Uiterlijk',
  appearances: { system: 'Zoals het systeem', dark: 'Donker', light: 'Licht' },
  views: { alarms: 'Alarmen', supervision: 'Toezicht', history: 'Terugkijken', wall: 'Muurscherm' },
}
