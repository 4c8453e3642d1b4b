/** An area that is drawn by hand: a click sets its middle or adds a corner, corners are dragged. */
import 'ol/ol.css'
import Feature from 'ol/Feature'
import { boundingExtent, isEmpty } from 'ol/extent'
import Point from 'ol/geom/Point'
import Polygon from 'ol/geom/Polygon'
import Modify from 'ol/interaction/Modify'
import VectorLayer from 'ol/layer/Vector'
import OlMap from 'ol/Map'
import { fromLonLat, toLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import CircleStyle from 'ol/style/Circle'
import Fill from 'ol/style/Fill'
import Style from 'ol/style/Style'
import View from 'ol/View'
import type { Basemap } from '../../wire'
import type { Language } from '../../words'
import type { AreaEditor, Ground } from '../adapter'
import type { DrawnArea } from '../drawn'
import { circle, type LonLat } from '../geometry'
import type { Palette } from '../palette'
import { basemapLayer } from './basemap_layer'
import { GroundLayers } from './ground'
import { interactions } from './handling'
import { BASEMAP_OVER, ZONES_OVER } from './layering'
import { OffenderLooks } from './offender_looks'

const BELGIUM = boundingExtent([fromLonLat([2.5, 49.45]), fromLonLat([6.45, 51.55])])
const ROUND_PX = 40
const CLOSEST_ZOOM = 17

interface Options {
  readonly palette: Palette
  readonly language: Language
  readonly centres: Readonly<Record<string, string>>
  readonly still: boolean
}

interface Heard {
  /** A place was pointed at. */
  readonly placed: (at: LonLat) => void
  /** Corners were dragged. */
  readonly dragged: (corners: readonly LonLat[]) => void
}

export class OpenLayersAreaEditor implements AreaEditor {
  readonly #map: OlMap
  readonly #view = new View({ minZoom: 5, maxZoom: 20, enableRotation: false })
  readonly #ground = new GroundLayers()
  readonly #area = new VectorSource<Feature<Polygon>>()
  readonly #points = new VectorSource()
  readonly #ring = new VectorSource()
  #looks: OffenderLooks
  #fitted = false

  constructor(
    target: HTMLElement,
    private readonly options: Options,
    heard: Heard,
  ) {
    this.#looks = new OffenderLooks(options.palette)
    const layers = [this.#ring, this.#area, this.#points].map(
      (source, order) => new VectorLayer({ source: source as VectorSource, zIndex: ZONES_OVER + order }),
    )
    this.#map = new OlMap({
      target,
      view: this.#view,
      controls: [],
      interactions: interactions(options.still),
      layers: [...this.#ground.layers, ...layers],
    })
    this.#view.fit(BELGIUM)
    this.#ground.look(options.palette, options.language, options.centres)
    this.#map.on('singleclick', ({ coordinate }) => heard.placed(lonLat(coordinate)))
    const modify = new Modify({ source: this.#area as VectorSource })
    modify.on('modifyend', () => heard.dragged(this.#corners()))
    this.#map.addInteraction(modify)
  }

  setGround(ground: Ground): void {
    this.#ground.set(ground)
  }

  async setBasemap(basemap: Basemap): Promise<void> {
    if (basemap.kind === 'schematic' || basemap.url === null) return
    const made = await basemapLayer(basemap, basemap.url)
    made.layer.setZIndex(BASEMAP_OVER)
    made.look?.(this.options.palette)
    this.#map.addLayer(made.layer)
    this.#ground.plain(false)
  }

  draw({ middle, radiusM, corners, ringM }: DrawnArea): void {
    for (const source of [this.#area, this.#points, this.#ring]) source.clear(true)
    if (middle) this.#drawCircle(middle, radiusM, ringM)
    else if (corners.length > 0) this.#drawCorners(corners, ringM)
    if (!this.#fitted) this.fit()
  }

  /** Look at all of it. */
  fit(): void {
    const extent = [this.#ring, this.#area].map((source) => source.getExtent()).find((one) => !isEmpty(one!))
    if (!extent) return
    this.#fitted = true
    const minResolution = this.#view.getResolutionForZoom(CLOSEST_ZOOM)
    this.#view.fit(extent, { padding: [ROUND_PX, ROUND_PX, ROUND_PX, ROUND_PX], minResolution })
  }

  destroy(): void {
    this.#map.setTarget(undefined)
    this.#map.dispose()
  }

  #drawCircle(middle: LonLat, radiusM: number, ringM: number): void {
    const at = { longitude: middle[0], latitude: middle[1] }
    const around = (metres: number) => new Feature(new Polygon([projected(circle(at, metres))]))
    const [ring, zone] = [around(radiusM + ringM), around(radiusM)]
    ring.setStyle(this.#looks.ring)
    zone.setStyle(this.#looks.zone)
    this.#ring.addFeatures([ring, zone])
    this.#mark(middle)
  }

  #drawCorners(corners: readonly LonLat[], ringM: number): void {
    corners.forEach((corner) => this.#mark(corner))
    if (corners.length < 3) return
    const ring = projected([...corners, corners[0]!])
    const zone = new Feature(new Polygon([ring]))
    zone.setStyle(this.#looks.zone)
    this.#area.addFeature(zone)
    const band = new Feature(new Polygon([ring]))
    band.setStyle(this.#looks.band(ringM, ring[0]!))
    this.#ring.addFeature(band)
  }

  #mark(at: LonLat): void {
    const mark = new Feature(new Point(fromLonLat([...at])))
    const fill = new Fill({ color: this.options.palette.zone })
    mark.setStyle(new Style({ image: new CircleStyle({ radius: 6, fill }) }))
    this.#points.addFeature(mark)
  }

  #corners(): LonLat[] {
    const ring = this.#area.getFeatures()[0]?.getGeometry()?.getCoordinates()[0] ?? []
    return ring.slice(0, -1).map((corner) => lonLat(corner))
  }
}

function projected(ring: readonly LonLat[]): number[][] {
  return ring.map((corner) => fromLonLat([...corner]))
}

function lonLat(coordinate: number[]): LonLat {
  const [longitude, latitude] = toLonLat(coordinate)
  return [longitude!, latitude!]
}
