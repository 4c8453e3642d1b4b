import type { AccessWords } from '../shape/access'

export const access: AccessWords = {
  title: 'Who looked',
}
