/** The symbols of alarms, painted once: the same shapes as everywhere on the screen. */
import { SHAPES } from '../../../components/Icon.svelte'
import type { SymbolName } from '../drawn'
import type { Palette } from '../palette'

export const SYMBOL_PX = 34
export const SHARPNESS = 2 // so that it is sharp on a fine screen, and where the browser is zoomed
const ARROW_PX = 64

const GRID = 24 // what the shapes are drawn on
const OUTLINE: Record<SymbolName, string> = {
  raised: 'M12 3 22 21H2z',
  acknowledged: 'M12 3a9 9 0 1 0 .01 0z',
  assigned: 'M12 2 22 12 12 22 2 12z',
  apart: 'M4 4h16v16H4z',
}

/** A filled shape with its sign; a ring around the selected one, dashed once its position is stale. */
export function symbol(
  name: SymbolName,
  palette: Palette,
  { selected, stale }: { readonly selected: boolean; readonly stale: boolean },
): HTMLCanvasElement {
  const [canvas, pen] = sheet(SYMBOL_PX)
  if (selected || stale) ring(pen, stale ? palette.stale : palette.accent, stale, palette.panel)
  const inset = 5
  pen.translate(inset, inset)
  pen.scale((SYMBOL_PX - 2 * inset) / GRID, (SYMBOL_PX - 2 * inset) / GRID)
  pen.lineJoin = pen.lineCap = 'round'
  const outline = new Path2D(OUTLINE[name])
  pen.strokeStyle = palette.panel
  pen.lineWidth = 5
  pen.stroke(outline)
  pen.fillStyle = name === 'apart' ? palette.panel : palette[name]
  pen.fill(outline)
  pen.lineWidth = 2.2
  pen.strokeStyle = palette[name]
  pen.stroke(outline)
  pen.strokeStyle = name === 'apart' ? palette.apart : palette.panel
  pen.stroke(new Path2D(signOf(name)))
  return canvas
}

const NUMBER_AT = 19 // of the grid: beside the feet
const NUMBER_RADIUS = 5.5

/** A person crossed out: no outline of an alarm is like it, in whatever colour. `number`: which of several. */
export function offenderSymbol(colour: string, ground: string, number: number | null): HTMLCanvasElement {
  const [canvas, pen] = sheet(SYMBOL_PX)
  const inset = 4
  pen.translate(inset, inset)
  pen.scale((SYMBOL_PX - 2 * inset) / GRID, (SYMBOL_PX - 2 * inset) / GRID)
  pen.lineJoin = pen.lineCap = 'round'
  const figure = new Path2D(SHAPES.offender.slice(0, SHAPES.offender.lastIndexOf('zM') + 1))
  pen.strokeStyle = ground
  pen.lineWidth = 5
  pen.stroke(figure)
  pen.fillStyle = colour
  pen.fill(figure)
  pen.strokeStyle = ground
  pen.lineWidth = 2
  pen.stroke(new Path2D(SHAPES.offender.slice(SHAPES.offender.lastIndexOf('zM') + 1)))
  if (number !== null) numbered(pen, number, colour, ground)
  return canvas
}

function numbered(pen: CanvasRenderingContext2D, number: number, colour: string, ground: string): void {
  pen.beginPath()
  pen.arc(NUMBER_AT, NUMBER_AT, NUMBER_RADIUS, 0, 2 * Math.PI)
  pen.fillStyle = ground
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.2
  pen.stroke()
  pen.fillStyle = colour
  pen.font = '700 8.5px sans-serif'
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(String(number), NUMBER_AT, NUMBER_AT + 0.5)
}

/** An arrow beside the symbol's rim, pointing up: north. */
export function arrow(colour: string, rim: string): HTMLCanvasElement {
  const [canvas, pen] = sheet(ARROW_PX)
  const middle = ARROW_PX / 2
  const head = new Path2D(`M${middle} 1 ${middle + 9} 14 ${middle} 11 ${middle - 9} 14z`)
  pen.lineJoin = 'round'
  pen.lineWidth = 3
  pen.strokeStyle = rim
  pen.stroke(head)
  pen.fillStyle = colour
  pen.fill(head)
  return canvas
}

/** What is inside the outline: all but the shape's first stroke. */
function signOf(name: SymbolName): string {
  return SHAPES[name].slice(SHAPES[name].indexOf('M', 1))
}

function ring(pen: CanvasRenderingContext2D, colour: string, dashed: boolean, ground: string): void {
  const circle = new Path2D()
  circle.arc(SYMBOL_PX / 2, SYMBOL_PX / 2, SYMBOL_PX / 2 - 2, 0, 2 * Math.PI)
  pen.fillStyle = ground
  pen.fill(circle)
  pen.strokeStyle = colour
  pen.lineWidth = 2.5
  if (dashed) pen.setLineDash([5, 4])
  pen.stroke(circle)
  pen.setLineDash([])
}

function sheet(sizePx: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = sizePx * SHARPNESS
  const pen = canvas.getContext('2d')!
  pen.scale(SHARPNESS, SHARPNESS)
  return [canvas, pen]
}
