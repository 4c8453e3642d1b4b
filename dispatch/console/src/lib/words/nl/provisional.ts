import type { ProvisionalWords } from '../shape/provisional'

export const provisional: ProvisionalWords = {
  mark: 'Voorlopig: ontvangen, nog niet opgeslagen',
  bar: {
    title: 'De databank is weg',
    says: (count) =>
      count === 1
        ? 'De databank is weg: 1 alarm staat hier voorlopig. Noteer op papier wie gaat.'
        : `De databank is weg: ${count} alarmen staan hier voorlopig. Noteer op papier wie gaat.`,
  },
  what: 'De databank is weg. Stuur hulp zoals bij elk alarm, en noteer op papier wie gaat.',
  noCommand: 'Het kan niet bevestigd of gewijzigd worden voor het is opgeslagen; collega’s zien het ook.',
  file: (ago) => `Haar dossier zoals het ${ago} gelezen werd.`,
  fileUnknown: 'Haar dossier is hier niet bekend: vraag wie ze is en wat u moet weten.',
  node: (name) => `Bewaard door ${name}.`,
  see: 'Hier gezien',
  seeNote:
    'Legt de sirene op deze werkpost stil voor deze druk. Niemand wordt verwittigd; zodra het is opgeslagen, klinkt ze tot het alarm bevestigd is.',
  seen: 'Hier gezien: stil op deze werkpost',
}
