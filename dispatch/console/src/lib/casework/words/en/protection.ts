import type { ProtectionWords } from '../shape/protection'

export const protection: ProtectionWords = {
  title: 'Protection now',
}
