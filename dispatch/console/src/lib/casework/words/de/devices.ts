import type { DevicesWords } from '../shape/devices'

export const devices: DevicesWords = {
  title: 'Knöpfe und Telefone',
}
