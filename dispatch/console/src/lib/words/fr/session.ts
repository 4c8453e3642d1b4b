import type { SessionWords } from '../shape/session'

export const session: SessionWords = {
  title: 'Session',
}
