import type { TaskWords } from '../shape/tasks'

export const tasks: TaskWords = {
  title: 'Notices',
}
