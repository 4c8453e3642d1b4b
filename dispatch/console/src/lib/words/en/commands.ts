import type { CommandWords } from '../shape/commands'

export const commands: CommandWords = {
  title: 'Commands',
}
