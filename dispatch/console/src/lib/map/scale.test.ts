import { expect, it } from 'vitest'
import { scaleBar } from './scale'

it.each([
  [0.4, 20],
  [1, 100],
  [37, 2000],
  [900, 100_000],
])('at %d m a pixel the bar is %d m, and as long as that', (metresPerPixel, metres) => {
  const bar = scaleBar(metresPerPixel)
  expect(bar.metres).toBeCloseTo(metres, 6)
  expect(bar.px * metresPerPixel).toBeCloseTo(metres, 6)
  expect(bar.px).toBeLessThanOrEqual(120)
})
