/** Going along the rows of a table by keyboard: up, down, first, last. */

const STEPS: Readonly<Record<string, (place: number, last: number) => number>> = {
  ArrowDown: (place, last) => Math.min(place + 1, last),
  ArrowUp: (place) => Math.max(place - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
}

/** Move the focus from the link of a row to that of another; keys elsewhere keep their own meaning. */
export function alongRows(event: KeyboardEvent): void {
  const step = STEPS[event.key]
  if (!step || !(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return
  const region = event.currentTarget as HTMLElement
  const links = [...region.querySelectorAll<HTMLElement>('[data-row]')]
  event.preventDefault()
  links[step(links.indexOf(event.target), links.length - 1)]?.focus()
}
