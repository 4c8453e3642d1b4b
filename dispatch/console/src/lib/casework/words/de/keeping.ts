import type { KeepingWords } from '../shape/keeping'

export const keeping: KeepingWords = {
  title: 'Aufbewahren und löschen',
  state: 'Zustand',
  kept: 'Wird aufbewahrt',
  held: (since) => `Löschsperre seit ${since}: nichts wird entfernt`,
  erased: (at) => `Gelöscht am ${at}`,
  hold: 'Löschsperre verhängen',
  holdText:
    'Solange die Löschsperre gilt, wird nichts aus dieser Akte entfernt oder gelöscht, auch nicht nach Ablauf einer Frist.',
  release: 'Löschsperre aufheben',
  releaseText:
    'Danach gelten die Fristen wieder. Was inzwischen abgelaufen ist, verschwindet binnen einer Stunde.',
  onlyMagistrate: 'Eine Löschsperre verhängen oder eine Akte löschen kann nur die Staatsanwaltschaft.',
  erase: 'Endgültig löschen',
  eraseText:
    'Alle Schlüssel dieser Akte werden vernichtet, und was anderswo über sie steht, wird entfernt. Das lässt sich nicht rückgängig machen. Was die Statistik braucht, bleibt: dass es einen Alarm gab, wann und wie er ausging.',
  erasing: 'Akte löschen',
  reference: 'Aktenzeichen',
  referenceHint: 'Tippen Sie es ab, damit es nicht die falsche Akte ist.',
  ground: 'Grund',
  grounds: {
    retention: 'die Frist ist abgelaufen',
    request: 'auf ihren Wunsch',
    court_order: 'auf Anordnung des Gerichts',
  },
  hindered: 'Jetzt nicht zu löschen:',
  hindrance: {
    erased: 'sie ist schon gelöscht',
    held: 'es gilt eine Löschsperre',
    alarm_open: 'ein Alarm ist offen',
    not_closed: 'die Akte ist nicht abgeschlossen',
  },
  byOrder: 'Auf Anordnung des Gerichts ist es möglich.',
  exportTitle: 'Alles über diese Akte',
  export: 'Herunterladen (zip)',
  exportText:
    'Für die betroffene Person oder eine Übergabe. Es sind lesbare personenbezogene Daten; wer sie herunterlädt, steht im Journal.',
  alarms: 'Beweisstücke zu Alarmen',
  alarmsText:
    'Jedes Beweisstück ist signiert und ohne unser System prüfbar. Wer es anfordert, steht im Journal.',
  noAlarms: 'Keine Alarme',
  raised: 'Eingegangen',
  purpose: 'Art',
  evidence: 'Beweisstück',
  evidenceOf: (raised) => `Beweisstück zum Alarm vom ${raised}`,
  disposals: 'Was vernichtet wurde',
  disposedAt: 'Wann',
  what: 'Was',
  by: 'Durch',
  bySystem: 'das System',
  keys: (count) => (count === 1 ? '1 Schlüssel' : `${count} Schlüssel`),
  whole: 'die ganze Akte',
}
