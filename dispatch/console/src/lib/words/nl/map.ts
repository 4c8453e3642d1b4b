import type { MapWords } from '../shape/map'

const OF = [
  'ten noorden',
  'ten noordoosten',
  'ten oosten',
  'ten zuidoosten',
  'ten zuiden',
  'ten zuidwesten',
  'ten westen',
  'ten noordwesten',
]

export const map: MapWords = {
  title: 'Kaart',
  help: 'Alles op de kaart staat ook als tekst ernaast en onder ‘Alle posities als tekst’. Pijltoetsen verschuiven de kaart, plus en min zoomen, Home toont alles, Shift+F8 volgt het gekozen alarm.',
  loading: 'De kaart wordt geladen …',
  schematic: 'Schematische kaart: geen straten',
  missing: {
    engine: 'De kaart kan niet geladen worden. Alles wat ze toont, staat in de tekst ernaast.',
    basemap: 'De achtergrondkaart is niet bereikbaar. U ziet de schematische kaart, zonder straten.',
    geodata: 'Grenzen en plaatsnamen kunnen niet geladen worden.',
    track: 'Haar traject tot nu toe kan niet geladen worden. Nieuwe posities komen er wel bij.',
  },
  zoomIn: 'Inzoomen',
  zoomOut: 'Uitzoomen',
  all: 'Alles tonen',
  follow: { act: 'Volgen', on: 'Volgt', off: 'Volgt niet' },
  scale: (length) => `Schaal: deze balk is ${length}`,
  noPosition: (name) => `Geen positie van ${name}: ze staat niet op deze kaart.`,
  nothing: 'Geen open alarm',
  counted: (shown, without) =>
    `${shown} ${shown === 1 ? 'alarm' : 'alarmen'} op de kaart` +
    (without > 0 ? `, ${without} zonder positie` : ''),
  radiusUnknown: 'straal onbekend',
  place: {
    at: (place) => `in het centrum van ${place}`,
    from: (distance, direction, place) => `${distance} ${OF[direction]} van ${place}`,
    abroad: 'buiten België',
    reaches: (centres) => `Ze kan ook in ${centres} zijn: haar straal reikt tot daar.`,
    reachesAbroad: 'Ze kan ook buiten België zijn: haar straal reikt tot daar.',
    unknown: 'Plaats onbekend: plaatsnamen kunnen niet geladen worden.',
  },
  coordinates: {
    title: 'WGS84',
    copy: 'Coördinaten kopiëren',
    copied: 'Gekopieerd',
    failed: 'Kopiëren lukt niet: selecteer de tekst',
  },
  tracking: {
    off: 'Haar positie wordt niet gevolgd.',
    lost: 'GEEN POSITIES MEER: ze zouden moeten binnenkomen en komen niet.',
    ended: 'Het volgen is beëindigd: er komen geen posities meer.',
    left: (time) => `Wordt nog ${time} live gevolgd`,
    due: 'De tijd om haar te volgen is om.',
  },
  asText: {
    open: 'Alle posities als tekst',
    caption: 'Laatste positie van elk open alarm',
    columns: { alarm: 'Alarm', state: 'Toestand', place: 'Plaats', radius: 'Straal', age: 'Ouderdom' },
    none: 'geen positie',
  },
  fixes: {
    caption: (shown, all) => (shown < all ? `Eerdere posities, ${shown} van ${all}` : 'Eerdere posities'),
    columns: { age: 'Ouderdom', place: 'Plaats', radius: 'Straal', method: 'Bron' },
    more: 'Meer tonen',
  },
}
