/** Who threatens her beside her on the map: his area, figure and way, and the zone he is kept out of. */
import Feature from 'ol/Feature'
import { boundingExtent, type Extent } from 'ol/extent'
import LineString from 'ol/geom/LineString'
import Point from 'ol/geom/Point'
import Polygon from 'ol/geom/Polygon'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import type { StyleLike } from 'ol/style/Style'
import type { DrawnOffender, DrawnZone } from '../drawn'
import { circle, distanceM, type LonLat } from '../geometry'
import type { Palette } from '../palette'
import type { Stretch } from '../track'
import { LABELS, OFFENDERS_OVER, ZONES_OVER } from './layering'
import { OffenderLooks } from './offender_looks'
import { TrackLayer } from './track_layer'

const HELD_WITHIN_M = 10_000 // farther than that from her, following holds her in view alone

export class OffenderLayers {
  readonly #grounds = new VectorSource()
  readonly #symbols = new VectorSource()
  readonly #track = new TrackLayer()
  #looks: OffenderLooks
  #offenders: readonly DrawnOffender[] = []
  #stretches: readonly Stretch[] = []
  #zone: DrawnZone | null = null
  readonly layers = [
    new VectorLayer({ source: this.#grounds, zIndex: ZONES_OVER }),
    this.#track.layer,
    new VectorLayer({ source: this.#symbols, zIndex: OFFENDERS_OVER, declutter: LABELS }),
  ]

  constructor(palette: Palette) {
    this.#looks = new OffenderLooks(palette)
  }

  /** Draw these; there are few, so that all are drawn anew. */
  set(offenders: readonly DrawnOffender[], track: readonly Stretch[], zone: DrawnZone | null): void {
    const same = sameAs(this.#offenders, offenders)
    if (same && zone === this.#zone && track === this.#stretches) return
    this.#offenders = offenders
    this.#stretches = track
    this.#zone = zone
    this.#draw()
  }

  restyle(palette: Palette): void {
    this.#looks = new OffenderLooks(palette)
    this.#draw()
  }

  /** What following holds in view besides her: the chosen alarm's offenders who are not far off. */
  held(): Extent | null {
    const near = this.#offenders.filter(
      (his) => his.selected && (his.her === null || distanceM(his, at(his.her)) <= HELD_WITHIN_M),
    )
    if (near.length === 0) return null
    return boundingExtent(near.flatMap((his) => ringOf(his) ?? [fromLonLat([his.longitude, his.latitude])]))
  }

  #draw(): void {
    const looks = this.#looks
    this.#grounds.clear(true)
    this.#symbols.clear(true)
    this.#track.draw(this.#stretches, looks)
    if (this.#zone) {
      const { zone, ring, bandM } = this.#zone
      if (ring) this.#ground(projected(ring), looks.ring)
      else this.#ground(projected(zone), looks.band(bandM, fromLonLat([...zone[0]!])))
      this.#ground(projected(zone), looks.zone)
    }
    for (const his of this.#offenders) {
      const here = fromLonLat([his.longitude, his.latitude])
      this.#ground(ringOf(his), looks.area(his))
      if (his.her) {
        const line = new Feature(new LineString([here, fromLonLat([...his.her])]))
        line.setStyle(looks.line())
        this.#grounds.addFeature(line)
      }
      const symbol = new Feature(new Point(here))
      symbol.setStyle(looks.symbol(his))
      this.#symbols.addFeature(symbol)
    }
  }

  #ground(ring: number[][] | null, look: StyleLike): void {
    if (!ring || ring.length === 0) return
    const area = new Feature(new Polygon([ring]))
    area.setStyle(look)
    this.#grounds.addFeature(area)
  }
}

function ringOf(his: DrawnOffender): number[][] | null {
  return his.radiusM === null ? null : projected(circle(his, his.radiusM))
}

function projected(ring: readonly LonLat[]): number[][] {
  return ring.map((corner) => fromLonLat([...corner]))
}

function at([longitude, latitude]: LonLat): { latitude: number; longitude: number } {
  return { latitude, longitude }
}

function sameAs(before: readonly DrawnOffender[], now: readonly DrawnOffender[]): boolean {
  return JSON.stringify(before) === JSON.stringify(now)
}
