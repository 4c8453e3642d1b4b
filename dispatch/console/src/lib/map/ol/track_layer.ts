/** Somebody's way, hers or his: a line for each age, points where nothing can be joined. */
import Feature from 'ol/Feature'
import LineString from 'ol/geom/LineString'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import Style from 'ol/style/Style'
import Point from 'ol/geom/Point'
import type { LonLat } from '../geometry'
import { FADES, type Stretch } from '../track'
import { translucent } from '../palette'
import { TRACK_OVER } from './layering'

const POINT_PX = 3.5

/** How somebody's way is drawn. */
export interface TrackLooks {
  readonly trackColour: string
  /** `number`: which of several. */
  track(fade: number, number: number): Style
}

export class TrackLayer {
  readonly #source = new VectorSource()
  readonly layer = new VectorLayer({ source: this.#source, zIndex: TRACK_OVER })

  draw(track: readonly Stretch[], looks: TrackLooks): void {
    this.#source.clear(true)
    this.#source.addFeatures(track.map((stretch) => drawnAs(stretch, looks)))
  }
}

function drawnAs({ fade, points, number }: Stretch, looks: TrackLooks): Feature {
  const corners = points.map((point: LonLat) => fromLonLat([...point]))
  const joined = corners.length > 1
  const feature: Feature = new Feature(joined ? new LineString(corners) : new Point(corners[0]!))
  feature.setStyle(joined ? looks.track(fade, number) : single(fade, looks))
  return feature
}

function single(fade: number, { trackColour }: TrackLooks): Style {
  const fill = new Fill({ color: translucent(trackColour, FADES[fade]!) })
  return new Style({ image: new CircleStyle({ radius: POINT_PX, fill }) })
}
