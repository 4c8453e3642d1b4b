import type { MapWords } from '../shape/map'

const OF = [
  'nördlich',
  'nordöstlich',
  'östlich',
  'südöstlich',
  'südlich',
  'südwestlich',
  'westlich',
  'nordwestlich',
]

export const map: MapWords = {
  title: 'Karte',
  help: 'Alles auf der Karte steht auch als Text daneben und unter „Alle Positionen als Text“. Pfeiltasten verschieben die Karte, Plus und Minus zoomen, Pos1 zeigt alles, Shift+F8 folgt dem gewählten Alarm.',
  loading: 'Die Karte wird geladen …',
  schematic: 'Schematische Karte: keine Straßen',
  missing: {
    engine: 'Die Karte kann nicht geladen werden. Alles, was sie zeigt, steht im Text daneben.',
    basemap: 'Die Hintergrundkarte ist nicht erreichbar. Sie sehen die schematische Karte, ohne Straßen.',
    geodata: 'Grenzen und Ortsnamen können nicht geladen werden.',
    track: 'Ihr bisheriger Weg kann nicht geladen werden. Neue Positionen kommen hinzu.',
  },
  zoomIn: 'Vergrößern',
  zoomOut: 'Verkleinern',
  all: 'Alles zeigen',
  follow: { act: 'Folgen', on: 'Folgt', off: 'Folgt nicht' },
  scale: (length) => `Maßstab: dieser Balken ist ${length}`,
  noPosition: (name) => `Keine Position von ${name}: Sie ist nicht auf dieser Karte.`,
  nothing: 'Kein offener Alarm',
  counted: (shown, without) =>
    `${shown} ${shown === 1 ? 'Alarm' : 'Alarme'} auf der Karte` +
    (without > 0 ? `, ${without} ohne Position` : ''),
  radiusUnknown: 'Radius nicht bekannt',
  place: {
    at: (place) => `im Zentrum von ${place}`,
    from: (distance, direction, place) => `${distance} ${OF[direction]} von ${place}`,
    abroad: 'außerhalb Belgiens',
    reaches: (centres) => `Sie kann auch hier sein: ${centres}. Ihr Radius reicht bis dorthin.`,
    reachesAbroad: 'Sie kann auch außerhalb Belgiens sein: Ihr Radius reicht bis dorthin.',
    unknown: 'Ort nicht bekannt: Ortsnamen können nicht geladen werden.',
  },
  coordinates: {
    title: 'WGS84',
    copy: 'Koordinaten kopieren',
    copied: 'Kopiert',
    failed: 'Kopieren nicht möglich: Text markieren',
  },
  tracking: {
    off: 'Ihre Position wird nicht verfolgt.',
    lost: 'ORTUNG VERLOREN: Positionen müssten kommen und kommen nicht.',
    ended: 'Die Ortung ist beendet: Es kommen keine Positionen mehr.',
    left: (time) => `Wird noch ${time} live geortet`,
    due: 'Die Ortungszeit ist abgelaufen.',
  },
  asText: {
    open: 'Alle Positionen als Text',
    caption: 'Letzte Position jedes offenen Alarms',
    columns: { alarm: 'Alarm', state: 'Zustand', place: 'Ort', radius: 'Radius', age: 'Alter' },
    none: 'keine Position',
  },
  fixes: {
    caption: (shown, all) => (shown < all ? `Frühere Positionen, ${shown} von ${all}` : 'Frühere Positionen'),
    columns: { age: 'Alter', place: 'Ort', radius: 'Radius', method: 'Quelle' },
    more: 'Mehr zeigen',
  },
}
