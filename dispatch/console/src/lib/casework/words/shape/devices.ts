/** The words of: buttons and phones. */
export interface DevicesWords {
  title: string
}
