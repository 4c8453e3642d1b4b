/** The words of the map and what it tells as text. */
export interface MapWords {
  title: string
}
