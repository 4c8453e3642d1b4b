import type { DevicesWords } from '../shape/devices'

export const devices: DevicesWords = {
  title: 'Buttons and phones',
}
