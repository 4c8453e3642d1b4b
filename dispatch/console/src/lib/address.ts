/** The view that an address opens: only the wall display has one. */
import type { View } from './console.svelte'

const WALL = '#wall'

export function viewAt({ hash }: Pick<Location, 'hash'>): View | null {
  return hash === WALL ? 'wall' : null
}

/** Let the address say what is shown, without a step in the history. */
export function keepAddress(view: View, location: Location, history: History): void {
  const hash = view === 'wall' ? WALL : ''
  if (location.hash !== hash) history.replaceState(null, '', location.pathname + location.search + hash)
}
