/** The words of: hotspots. */
export interface HotspotsWords {
  title: string
}
