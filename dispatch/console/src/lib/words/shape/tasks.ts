/** The words of notices, and of who is not protected. */
export interface TaskWords {
  title: string
}
