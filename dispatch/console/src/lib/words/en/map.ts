import type { MapWords } from '../shape/map'

const OF = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west']

export const map: MapWords = {
  title: 'Map',
  help: 'Everything on the map is also text, beside it and under “All positions as text”. Arrow keys move the map, plus and minus zoom, Home shows everything, Shift+F8 follows the chosen alarm.',
  loading: 'The map is loading …',
  schematic: 'Schematic map: no streets',
  missing: {
    engine: 'The map cannot be loaded. Everything it tells is in the text beside it.',
    basemap: 'The background map cannot be reached. What you see is the schematic map, without streets.',
    geodata: 'Borders and place names cannot be loaded.',
    track: 'Her track up to now cannot be loaded. New positions are added as they come.',
  },
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  all: 'Show everything',
  follow: { act: 'Follow', on: 'Following', off: 'Not following' },
  scale: (length) => `Scale: this bar is ${length}`,
  noPosition: (name) => `No position of ${name}: she is not on this map.`,
  nothing: 'No open alarm',
  counted: (shown, without) =>
    `${shown} ${shown === 1 ? 'alarm' : 'alarms'} on the map` +
    (without > 0 ? `, ${without} without a position` : ''),
  radiusUnknown: 'radius not known',
  place: {
    at: (place) => `in the centre of ${place}`,
    from: (distance, direction, place) => `${distance} ${OF[direction]} of ${place}`,
    abroad: 'outside Belgium',
    reaches: (centres) => `She may also be in ${centres}: her radius reaches there.`,
    reachesAbroad: 'She may also be outside Belgium: her radius reaches there.',
    unknown: 'Place not known: place names cannot be loaded.',
  },
  coordinates: {
    title: 'WGS84',
    copy: 'Copy coordinates',
    copied: 'Copied',
    failed: 'Cannot copy: select the text',
  },
  tracking: {
    off: 'Her position is not followed.',
    lost: 'TRACKING LOST: positions should be coming and are not.',
    ended: 'Tracking has ended: no more positions will come.',
    left: (time) => `Followed live for another ${time}`,
    due: 'Tracking time is over.',
  },
  asText: {
    open: 'All positions as text',
    caption: 'Newest position of every open alarm',
    columns: { alarm: 'Alarm', state: 'State', place: 'Place', radius: 'Radius', age: 'Age' },
    none: 'no position',
  },
  fixes: {
    caption: (shown, all) => (shown < all ? `Earlier positions, ${shown} of ${all}` : 'Earlier positions'),
    columns: { age: 'Age', place: 'Place', radius: 'Radius', method: 'Method' },
    more: 'Show more',
  },
}
