/** Styles of who threatens her and of what he is kept out of: told from hers by shape and dash, not by colour alone. */
import { getPointResolution } from 'ol/proj'
import Fill from 'ol/style/Fill'
import Icon from 'ol/style/Icon'
import Stroke from 'ol/style/Stroke'
import Style, { type StyleFunction } from 'ol/style/Style'
import Text from 'ol/style/Text'
import type { DrawnOffender } from '../drawn'
import { translucent, type Palette } from '../palette'
import { FADES } from '../track'
import { ARROW_REACHES_PX, HEADING_STEP_DEG, kept, LABEL_FROM_PX } from './looks'
import { arrow, offenderSymbol, SHARPNESS } from './symbols'
import type { TrackLooks } from './track_layer'

const LABEL_OFF_PX = 30 // half of his label and half of hers
const RANK = 20 // over every alarm, and his label before theirs
const LINE_DASH = [2, 7]
const TRACK_DASHES = [
  [9, 6],
  [2, 6],
  [14, 5, 2, 5],
] // each offender's way has its own
const RING_DASH = [10, 8]

export class OffenderLooks implements TrackLooks {
  readonly #symbols = new Map<string, Style[]>()
  readonly #tracks: Style[][]
  readonly zone: Style
  readonly ring: Style

  constructor(private readonly palette: Palette) {
    this.#tracks = TRACK_DASHES.map((lineDash) =>
      FADES.map((opacity, index) => {
        const stroke = new Stroke({ color: translucent(palette.offender, opacity), width: 3, lineDash })
        return new Style({ stroke, zIndex: FADES.length - index })
      }),
    )
    this.zone = new Style({
      fill: new Fill({ color: translucent(palette.zone, 0.12) }),
      stroke: new Stroke({ color: palette.zone, width: 3 }),
    })
    this.ring = new Style({ stroke: new Stroke({ color: palette.zone, width: 2, lineDash: RING_DASH }) })
  }

  get trackColour(): string {
    return this.palette.offender
  }

  track(fade: number, number: number): Style {
    return this.#tracks[(number - 1) % TRACK_DASHES.length]![fade]!
  }

  /** His figure with its label and, where he moves, the way he goes. */
  symbol(drawn: DrawnOffender): Style[] {
    const heading =
      drawn.headingDeg === null ? null : Math.round(drawn.headingDeg / HEADING_STEP_DEG) * HEADING_STEP_DEG
    const above = drawn.her === null || drawn.latitude >= drawn.her[1]
    const key = [drawn.label, drawn.number, heading, above].join('|')
    return kept(this.#symbols, key, () => this.#makeSymbol(drawn, heading, above))
  }

  /** The area he is in, as sure as its radius. */
  area({ stale }: DrawnOffender): Style {
    const colour = stale ? this.palette.stale : this.palette.offender
    return new Style({
      fill: new Fill({ color: translucent(colour, 0.14) }),
      stroke: new Stroke({ color: colour, width: 2, ...(stale ? { lineDash: [8, 6] } : {}) }),
    })
  }

  /** A ring of so many metres around an outline, whatever the scale: half of a broad line. */
  band(metres: number, at: number[]): StyleFunction {
    const stroke = new Stroke({ color: translucent(this.palette.zone, 0.16), lineJoin: 'round' })
    const style = new Style({ stroke })
    return (_, resolution) => {
      stroke.setWidth((2 * metres) / getPointResolution('EPSG:3857', resolution, at))
      return style
    }
  }

  /** From him to her. */
  line(): Style {
    return new Style({ stroke: new Stroke({ color: this.palette.offender, width: 2, lineDash: LINE_DASH }) })
  }

  /** His label is moved off hers, to the side he is on. */
  #makeSymbol({ label, number }: DrawnOffender, heading: number | null, above: boolean): Style[] {
    const { palette } = this
    const body = new Style({
      image: new Icon({
        img: offenderSymbol(palette.offender, palette.panel, number),
        scale: 1 / SHARPNESS,
        declutterMode: 'obstacle',
      }),
      text: new Text({
        text: label,
        offsetY: above ? -LABEL_OFF_PX : LABEL_OFF_PX,
        font: `650 13px ${palette.font}`,
        textAlign: 'left',
        justify: 'left',
        offsetX: LABEL_FROM_PX + (heading === null ? 0 : ARROW_REACHES_PX),
        fill: new Fill({ color: palette.panel }),
        backgroundFill: new Fill({ color: palette.offender }),
        padding: [2, 5, 1, 5],
      }),
      zIndex: RANK,
    })
    if (heading === null) return [body]
    const way = new Icon({
      img: arrow(palette.offender, palette.panel),
      scale: 1 / SHARPNESS,
      rotation: (heading * Math.PI) / 180,
      declutterMode: 'none',
    })
    return [new Style({ image: way, zIndex: RANK }), body]
  }
}
