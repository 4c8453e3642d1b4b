/** How the map moves under a hand, and what of it is free for what is followed. */
import { boundingExtent, extend, type Extent } from 'ol/extent'
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom'
import DragPan from 'ol/interaction/DragPan'
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom'
import PinchZoom from 'ol/interaction/PinchZoom'
import Kinetic from 'ol/Kinetic'

export const MOVE_MS = 250
export const EMPTY_PX = [72, 150, 60, 40] as const // from the top clockwise: words lie over the edges, a label is beside her
const LEAVES_PX = [60, 130, 52, 32] as const // what is followed is moved back before it is nearer to an edge

/** What of a view nothing lies over, at so many metres a pixel. */
export function within([west, south, east, north]: Extent, resolution: number): Extent {
  const [top, right, bottom, left] = LEAVES_PX.map((px) => px * resolution) as [
    number,
    number,
    number,
    number,
  ]
  return [west! + left, south! + bottom, east! - right, north! - top]
}

/** All of several extents that are known. */
export function together(...extents: readonly (Extent | null)[]): Extent {
  return extents.reduce<Extent>((all, each) => (each ? extend(all, each) : all), boundingExtent([]))
}

/** What is to be seen, and half as much of the other side of a point: it is not to be at the edge. */
export function about([x, y]: readonly [number, number], [west, south, east, north]: Extent): Extent {
  return [
    Math.min(west!, x - (east! - x) / 2),
    Math.min(south!, y - (north! - y) / 2),
    Math.max(east!, x + (x - west!) / 2),
    Math.max(north!, y + (y - south!) / 2),
  ]
}

/** What a pointer does; nothing glides for who asked that nothing moves by itself. */
export function interactions(still: boolean): (DragPan | MouseWheelZoom | DoubleClickZoom | PinchZoom)[] {
  const duration = still ? 0 : MOVE_MS
  return [
    new DragPan(still ? {} : { kinetic: new Kinetic(-0.005, 0.05, 100) }),
    new MouseWheelZoom({ duration }),
    new DoubleClickZoom({ duration }),
    new PinchZoom({ duration }),
  ]
}
