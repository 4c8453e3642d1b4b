import type { MapWords } from '../shape/map'

const OF = [
  'au nord',
  'au nord-est',
  'à l’est',
  'au sud-est',
  'au sud',
  'au sud-ouest',
  'à l’ouest',
  'au nord-ouest',
]

export const map: MapWords = {
  title: 'Carte',
  help: 'Tout ce que montre la carte est aussi en texte, à côté et sous « Toutes les positions en texte ». Les flèches déplacent la carte, plus et moins changent le zoom, Home montre tout, Shift+F8 suit l’alarme choisie.',
  loading: 'La carte se charge …',
  schematic: 'Carte schématique : sans rues',
  missing: {
    engine: 'La carte ne peut pas être chargée. Tout ce qu’elle montre se trouve dans le texte à côté.',
    basemap: 'Le fond de carte est inaccessible. Vous voyez la carte schématique, sans rues.',
    geodata: 'Les limites et les noms de lieux ne peuvent pas être chargés.',
    track: 'Son parcours jusqu’ici ne peut pas être chargé. Les nouvelles positions s’ajoutent.',
  },
  zoomIn: 'Zoom avant',
  zoomOut: 'Zoom arrière',
  all: 'Tout montrer',
  follow: { act: 'Suivre', on: 'Suivi actif', off: 'Suivi arrêté' },
  scale: (length) => `Échelle : cette barre vaut ${length}`,
  noPosition: (name) => `Pas de position : ${name} n’est pas sur cette carte.`,
  nothing: 'Aucune alarme ouverte',
  counted: (shown, without) =>
    `${shown} ${shown > 1 ? 'alarmes' : 'alarme'} sur la carte` +
    (without > 0 ? `, ${without} sans position` : ''),
  radiusUnknown: 'rayon inconnu',
  place: {
    at: (place) => `au centre ${of(place)}`,
    from: (distance, direction, place) => `${distance} ${OF[direction]} ${of(place)}`,
    abroad: 'hors de Belgique',
    reaches: (centres) => `Elle peut aussi être ailleurs : son rayon touche ${centres}.`,
    reachesAbroad: 'Elle peut aussi être hors de Belgique : son rayon va jusque-là.',
    unknown: 'Lieu inconnu : les noms de lieux ne peuvent pas être chargés.',
  },
  coordinates: {
    title: 'WGS84',
    copy: 'Copier les coordonnées',
    copied: 'Copié',
    failed: 'Copie impossible : sélectionnez le texte',
  },
  tracking: {
    off: 'Sa position n’est pas suivie.',
    lost: 'SUIVI PERDU : des positions devraient arriver et n’arrivent pas.',
    ended: 'Le suivi est terminé : plus aucune position ne viendra.',
    left: (time) => `Suivie en direct encore ${time}`,
    due: 'Le temps de suivi est écoulé.',
  },
  asText: {
    open: 'Toutes les positions en texte',
    caption: 'Dernière position de chaque alarme ouverte',
    columns: { alarm: 'Alarme', state: 'État', place: 'Lieu', radius: 'Rayon', age: 'Âge' },
    none: 'pas de position',
  },
  fixes: {
    caption: (shown, all) =>
      shown < all ? `Positions précédentes, ${shown} sur ${all}` : 'Positions précédentes',
    columns: { age: 'Âge', place: 'Lieu', radius: 'Rayon', method: 'Source' },
    more: 'Montrer plus',
  },
}

/** `de Gand`, `d’Arlon`, `du Roeulx`, `des Bons Villers`. */
function of(place: string): string {
  if (place.startsWith('Le ')) return `du ${place.slice(3)}`
  if (place.startsWith('Les ')) return `des ${place.slice(4)}`
  return /^[AEIOUYÉÈÊÎÔÂH]/i.test(place) ? `d’${place}` : `de ${place}`
}
