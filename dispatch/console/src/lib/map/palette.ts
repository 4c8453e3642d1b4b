/** The map's colours, resolved from the style sheet: a canvas understands no `light-dark()`. */

const NAMES = {
  land: '--map-land',
  abroad: '--map-abroad',
  border: '--map-border',
  canton: '--map-canton',
  place: '--map-place',
  water: '--map-water',
  road: '--map-road',
  panel: '--panel',
  text: '--text',
  muted: '--muted',
  line: '--line-strong',
  accent: '--accent',
  track: '--map-track',
  offender: '--map-offender',
  zone: '--map-zone',
  raised: '--map-raised',
  acknowledged: '--held',
  assigned: '--sent',
  apart: '--apart',
  stale: '--map-stale',
} as const

export type Palette = Readonly<Record<keyof typeof NAMES, string>> & { readonly font: string }

/** Read the colours that hold for an element now. */
export function paletteOf(element: HTMLElement): Palette {
  const probe = document.createElement('span')
  probe.hidden = true
  element.append(probe)
  try {
    const style = getComputedStyle(probe)
    const colours = Object.fromEntries(
      Object.entries(NAMES).map(([name, property]) => {
        probe.style.setProperty('color', `var(${property})`)
        return [name, style.color]
      }),
    ) as Record<keyof typeof NAMES, string>
    return { ...colours, font: style.fontFamily }
  } finally {
    probe.remove()
  }
}

/** A resolved colour, let through by so much. */
export function translucent(colour: string, opacity: number): string {
  const channels = /^rgba?\(([^)]+)\)$/.exec(colour)?.[1]?.split(/[\s,/]+/)
  if (!channels) return colour
  return `rgba(${channels.slice(0, 3).join(', ')}, ${opacity})`
}
