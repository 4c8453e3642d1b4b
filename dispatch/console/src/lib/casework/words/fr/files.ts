import type { FilesWords } from '../shape/files'

export const files: FilesWords = {
  title: 'Dossiers',
}
