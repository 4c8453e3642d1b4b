import type { MapWords } from '../shape/map'

export const map: MapWords = {
  title: 'Map',
}
