/** The words of views, languages, appearance and the wall display. */
import type { Appearance } from '../../appearance.svelte'
import type { View } from '../../console.svelte'

export interface DisplayWords {
  title: string
  language: string
  appearance: string
  appearances: Record<Appearance, string>
  views: Record<View, string>
  /** The case teams' pages, in a tab of their own. */
  files: string
  unfetched: string
  reload: string
  wall: {
    unanswered: (count: number) => string
    more: (count: number) => string
    noUnit: string
    leave: string
  }
}
