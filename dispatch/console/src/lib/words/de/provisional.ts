import type { ProvisionalWords } from '../shape/provisional'

export const provisional: ProvisionalWords = {
  mark: 'Vorläufig: empfangen, noch nicht gespeichert',
  bar: {
    title: 'Die Datenbank ist weg',
    says: (count) =>
      count === 1
        ? 'Die Datenbank ist weg: 1 Alarm wird vorläufig gezeigt. Auf Papier notieren, wer fährt.'
        : `Die Datenbank ist weg: ${count} Alarme werden vorläufig gezeigt. Auf Papier notieren, wer fährt.`,
  },
  what: 'Die Datenbank ist weg. Hilfe schicken wie bei jedem Alarm und auf Papier notieren, wer fährt.',
  noCommand:
    'Er kann nicht bestätigt oder geändert werden, bevor er gespeichert ist; die Kollegen sehen ihn auch.',
  file: (ago) => `Ihre Akte, wie sie ${ago} gelesen wurde.`,
  fileUnknown: 'Ihre Akte ist hier nicht bekannt: fragen, wer sie ist und was man wissen muss.',
  node: (name) => `Aufbewahrt von ${name}.`,
  see: 'Hier gesehen',
  seeNote:
    'Bringt die Sirene an diesem Arbeitsplatz für diesen Knopfdruck zum Schweigen. Niemand erfährt davon; sobald er gespeichert ist, ertönt sie, bis er bestätigt ist.',
  seen: 'Hier gesehen: an diesem Arbeitsplatz still',
}
