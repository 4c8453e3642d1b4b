/** A scale bar: the longest round length that fits. */

const LONGEST_PX = 120
const ROUND = [5, 2, 1] as const

export interface ScaleBar {
  readonly metres: number
  readonly px: number
}

export function scaleBar(metresPerPixel: number, longestPx = LONGEST_PX): ScaleBar {
  const most = metresPerPixel * longestPx
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = (ROUND.find((times) => times * power <= most) ?? 1) * power
  return { metres, px: metres / metresPerPixel }
}
