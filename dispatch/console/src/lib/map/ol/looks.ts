/** Styles of what is drawn, made once for each look of a thing and kept: hundreds of alarms share a few. */
import Fill from 'ol/style/Fill'
import Icon from 'ol/style/Icon'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import type { DrawnAlarm, SymbolName } from '../drawn'
import { translucent, type Palette } from '../palette'
import { FADES } from '../track'
import { arrow, SHARPNESS, symbol, SYMBOL_PX } from './symbols'
import type { TrackLooks } from './track_layer'

export const LABEL_FROM_PX = SYMBOL_PX / 2 + 9
export const ARROW_REACHES_PX = 14 // beyond the symbol, wherever it points
export const HEADING_STEP_DEG = 15 // finer is not seen, and each is a style
const LABELS_KEPT = 1000
const RANK: Record<SymbolName, number> = { apart: 0, assigned: 1, acknowledged: 2, raised: 3 }
const SELECTED_RANK = 10 // over all others, and its label before theirs

export class Looks implements TrackLooks {
  #symbols = new Map<string, Style[]>()
  #areas = new Map<string, Style>()
  #tracks: Style[]

  constructor(readonly palette: Palette) {
    this.#tracks = FADES.map(
      (opacity, index) =>
        new Style({
          stroke: new Stroke({
            color: translucent(palette.track, opacity),
            width: index === 0 ? 5 : 4,
            lineJoin: 'round',
          }),
          zIndex: FADES.length - index,
        }),
    )
  }

  get trackColour(): string {
    return this.palette.track
  }

  /** A symbol with its label and, where she moves, the way she goes. */
  symbol(drawn: DrawnAlarm): Style[] {
    const heading =
      drawn.headingDeg === null ? null : Math.round(drawn.headingDeg / HEADING_STEP_DEG) * HEADING_STEP_DEG
    const key = [drawn.symbol, drawn.selected, drawn.stale, heading, drawn.label].join('|')
    return kept(this.#symbols, key, () => this.#makeSymbol(drawn, heading))
  }

  /** The area she is in, as sure as its radius: dashed and grey once it is old. */
  area({ symbol: name, stale, selected }: DrawnAlarm): Style {
    return kept(this.#areas, [name, stale, selected].join('|'), () => {
      const colour = stale ? this.palette.stale : this.palette[name]
      return new Style({
        fill: new Fill({ color: translucent(colour, selected ? 0.2 : 0.12) }),
        stroke: new Stroke({
          color: colour,
          width: selected ? 3 : 2,
          ...(stale ? { lineDash: [8, 6] } : {}),
        }),
        zIndex: selected ? SELECTED_RANK : RANK[name],
      })
    })
  }

  track(fade: number): Style {
    return this.#tracks[fade]!
  }

  #makeSymbol(drawn: DrawnAlarm, heading: number | null): Style[] {
    const { palette } = this
    const zIndex = drawn.selected ? SELECTED_RANK : RANK[drawn.symbol]
    const body = new Style({
      image: new Icon({
        img: symbol(drawn.symbol, palette, drawn),
        scale: 1 / SHARPNESS,
        declutterMode: 'obstacle', // always drawn; labels keep off it
      }),
      text: new Text({
        text: drawn.label,
        font: `${drawn.selected ? 650 : 600} 13px ${palette.font}`,
        textAlign: 'left',
        justify: 'left',
        offsetX: LABEL_FROM_PX + (heading === null ? 0 : ARROW_REACHES_PX),
        fill: new Fill({ color: palette.text }),
        backgroundFill: new Fill({ color: translucent(palette.panel, 0.9) }),
        backgroundStroke: new Stroke({
          color: drawn.selected ? palette.accent : palette[drawn.symbol],
          width: drawn.selected ? 2 : 1,
        }),
        padding: [2, 5, 1, 5],
      }),
      zIndex,
    })
    if (heading === null) return [body]
    const way = new Icon({
      img: arrow(palette[drawn.symbol], palette.panel),
      scale: 1 / SHARPNESS,
      rotation: (heading * Math.PI) / 180,
      declutterMode: 'none',
    })
    return [new Style({ image: way, zIndex }), body]
  }
}

/** What is there under a key, made if it is not. */
export function kept<Kept>(among: Map<string, Kept>, key: string, make: () => Kept): Kept {
  let found = among.get(key)
  if (found === undefined) {
    if (among.size >= LABELS_KEPT) among.clear()
    found = make()
    among.set(key, found)
  }
  return found
}
