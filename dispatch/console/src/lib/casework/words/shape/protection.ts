/** The words of: protection now. */
export interface ProtectionWords {
  title: string
}
