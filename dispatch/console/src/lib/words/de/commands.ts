import type { CommandWords } from '../shape/commands'

export const commands: CommandWords = {
  title: 'Befehle',
  act: {
    acknowledge: 'Bestätigen',
    assign: 'Streife entsenden',
    unit_status: 'Status der Streife',
    note: 'Notiz',
    transfer: 'Übergeben',
    close: 'Abschließen',
    reopen: 'Wieder öffnen',
    review: 'Nachprüfung: einverstanden',
  },
  status: { dispatched: 'Entsandt', en_route: 'Unterwegs', on_scene: 'Vor Ort', cleared: 'Wieder frei' },
  asking: 'Läuft …',
  cancel: 'Weglegen',
  noLink: 'Keine Verbindung: Das kann jetzt nicht angefragt werden. Ihre Eingabe bleibt erhalten.',
  inFlight:
    'Keine Verbindung: vielleicht erledigt, vielleicht nicht. Sie sehen es, sobald die Verbindung wieder da ist; Ihre Eingabe bleibt erhalten.',
  unanswered:
    'Keine Antwort vom Gateway: vielleicht erledigt, vielleicht nicht. Ihre Eingabe bleibt erhalten.',
  again: 'Erneut anfragen',
  refused: (why) => `Nicht erledigt. ${why}`,
  stale:
    'Das Opfer hat seit Ihrem Beginn erneut gedrückt oder um Abbruch gebeten: Erst nachsehen, dann erneut abschließen.',
  first: {
    acknowledge: (key) => `Zuerst den Alarm bestätigen (${key}).`,
    unit: 'Es wurde keine Streife entsandt.',
    noUnits: 'Keine Streife im Dienst, die Sie hierher entsenden können.',
  },
  lapse: {
    falls: (seconds) => `Fällt in ${seconds} s auf unbeantwortet zurück: eine Streife entsenden.`,
    perhaps: (seconds) =>
      `Fällt in ${seconds} s auf unbeantwortet zurück, falls inzwischen keine Streife entsandt wurde: keine Verbindung.`,
    due: 'Fällt jetzt auf unbeantwortet zurück: Es wurde keine Streife entsandt.',
    fell: (count) =>
      count === 1
        ? 'Wieder unbeantwortet: bestätigt, aber es wurde keine Streife entsandt.'
        : `Wieder unbeantwortet: ${count}-mal bestätigt, aber es wurde keine Streife entsandt.`,
  },
  assign: {
    title: 'Eine Streife entsenden',
    unit: 'Streife',
    free: 'frei',
    busy: (victim) => `bei ${victim}`,
    other: 'einem anderen Alarm',
    eta: 'Vor Ort in (Minuten)',
    force: (unit, victim) => `${unit} abziehen von ${victim}`,
    submit: 'Entsenden',
    forceSubmit: 'Abziehen und entsenden',
  },
  units: {
    title: 'Entsandte Streifen',
    left: (minutes) => (minutes === 0 ? 'jetzt erwartet' : `erwartet in ${minutes} min`),
  },
  note: {
    title: 'Eine Notiz schreiben',
    text: 'Notiz',
    submit: 'Notieren',
    left: (characters) => `noch ${characters} Zeichen`,
  },
  transfer: {
    title: 'An eine andere Leitstelle übergeben',
    to: 'Leitstelle',
    note: 'Notiz für diese Leitstelle (darf leer bleiben)',
    hands: (centre) =>
      `Der Alarm ist bei ${centre} unbeantwortet, bis ihn dort jemand bestätigt. Sie sehen ihn weiterhin.`,
    takes: (centre) => `Sie übernehmen den Alarm für ${centre} und haben ihn dann in Bearbeitung.`,
    submit: 'Übergeben',
  },
  offer: {
    here: (centre) => `Das Opfer ist jetzt in Ihrem Gebiet (${centre}).`,
    take: 'Übernehmen',
    there: (centre) => `Das Opfer ist jetzt im Gebiet von ${centre}.`,
    hand: (centre) => `An ${centre} übergeben`,
  },
  close: {
    title: 'Den Alarm abschließen',
    outcome: 'Wie ging es aus?',
    genuine: 'Es bestand Gefahr',
    noise: 'Keine Gefahr',
    note: 'Was geschehen ist',
    submit: 'Alarm abschließen',
    pressedAgain: 'Das Opfer hat erneut gedrückt oder um Abbruch gebeten, seit Sie dies geöffnet haben.',
  },
  outcome: {
    arrest: { name: 'Festnahme', means: 'Der Täter wurde festgenommen.' },
    offender_gone: { name: 'Täter fort', means: 'Der Täter war da und ging, bevor die Streife kam.' },
    offender_not_found: {
      name: 'Täter nicht gefunden',
      means: 'Die Streife suchte, fand den Täter aber nicht.',
    },
    prevented: { name: 'Verhindert', means: 'Die Streife konnte Schlimmeres verhindern.' },
    slip: { name: 'Versehen', means: 'Aus Versehen gedrückt.' },
    test: { name: 'Ausprobiert', means: 'Jemand hat den Knopf ausprobiert.' },
    technical: { name: 'Technisch', means: 'Knopf oder Telefon sendete von selbst.' },
    duplicate: { name: 'Doppelt', means: 'Wird mit einem anderen Anruf oder Alarm bearbeitet.' },
    misuse: { name: 'Missbrauch', means: 'Absichtlich gedrückt, aber für etwas anderes.' },
  },
  secondLook: {
    follows: 'Die Nachprüfung durch einen Supervisor folgt.',
    done: (name) => `Nachprüfung: ${name} ist einverstanden.`,
    only: 'Wartet auf die Nachprüfung durch einen Supervisor, der ihn nicht selbst abgeschlossen hat.',
  },
  closed: (victim, outcome, by) =>
    by ? `${victim}: abgeschlossen von ${by}. ${outcome}.` : `${victim}: abgeschlossen. ${outcome}.`,
  gone: (victim) => `${victim}: nicht mehr offen. Der Ausgang steht im Rückblick.`,
  lookBack: 'Rückblick',
  reopen: { title: 'Den Alarm wieder öffnen', note: 'Warum', submit: 'Wieder öffnen' },
  review: {
    title: 'Nachprüfung: mit dem Ausgang einverstanden',
    note: 'Notiz (darf leer bleiben)',
    submit: 'Einverstanden',
  },
  missing: {
    unit: 'Wählen Sie eine Streife.',
    force:
      'Diese Streife hat einen anderen Alarm: Bestätigen Sie, dass Sie sie abziehen, oder wählen Sie eine andere.',
    eta: 'Ganze Minuten, höchstens 1440, oder nichts.',
    note: 'Schreiben Sie eine Notiz.',
    to: 'Wählen Sie eine Leitstelle.',
    outcome: 'Wählen Sie, wie es ausging.',
  },
  done: {
    assign: (unit, victim) => `${unit} ist zu ${victim} entsandt.`,
    status: (unit, status) => `${unit}: ${status}.`,
    note: (victim) => `Notiert bei ${victim}.`,
    transfer: (victim, centre) => `${victim}: an ${centre} übergeben.`,
    reopen: (victim) => `${victim}: wieder geöffnet.`,
    review: (victim) => `${victim}: Nachprüfung erledigt.`,
  },
  news: {
    lapsed: (victim) => `Wieder unbeantwortet: ${victim}. Es wurde keine Streife entsandt.`,
    refused: (act, why) => `${act}: nicht erledigt. ${why}`,
  },
  keys: { forms: 'Befehle', escape: 'Formular weglegen' },
}
