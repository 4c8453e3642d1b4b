/** The words of: files. */
export interface FilesWords {
  title: string
}
