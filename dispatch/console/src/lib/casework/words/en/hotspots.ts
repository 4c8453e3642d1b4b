import type { HotspotsWords } from '../shape/hotspots'

export const hotspots: HotspotsWords = {
  title: 'Hotspots',
}
