import type { DevicesWords } from '../shape/devices'

export const devices: DevicesWords = {
  title: 'Boutons et téléphones',
}
