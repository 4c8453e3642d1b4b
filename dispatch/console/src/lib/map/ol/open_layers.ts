/** The map on OpenLayers, drawn on a plain canvas: it needs no graphics card. */
import 'ol/ol.css'
import { boundingExtent, containsExtent, createEmpty, extend, isEmpty, type Extent } from 'ol/extent'
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom'
import DragPan from 'ol/interaction/DragPan'
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom'
import PinchZoom from 'ol/interaction/PinchZoom'
import Kinetic from 'ol/Kinetic'
import OlMap from 'ol/Map'
import { fromLonLat, getPointResolution } from 'ol/proj'
import View from 'ol/View'
import type { Language } from '../../words'
import type { Ground, Listeners, MapAdapter } from '../adapter'
import type { Basemap } from '../../wire'
import type { DrawnAlarm } from '../drawn'
import type { LonLat } from '../geometry'
import type { Palette } from '../palette'
import type { Stretch } from '../track'
import { AlarmLayers } from './alarm_layers'
import { basemapLayer, type BasemapLayer } from './basemap_layer'
import { GroundLayers } from './ground'
import { BASEMAP_OVER } from './layering'
import { Looks } from './looks'
import { TrackLayer } from './track_layer'

const BELGIUM = boundingExtent([fromLonLat([2.5, 49.45]), fromLonLat([6.45, 51.55])])
const CLOSEST_ZOOM = 18 // 0.4 m a pixel: a radius of 20 m is well beyond its symbol
const FARTHEST_ZOOM = 5
const MOVE_MS = 250
const TOO_FAR_OUT = 6 // an area so many times smaller than could be is looked at from nearer
const EMPTY_PX = [72, 150, 60, 40] as const // from the top clockwise: words lie over the edges, a label is beside her
const LEAVES_PX = [60, 130, 52, 32] as const // what is followed is moved back before it is nearer to an edge

interface Options {
  readonly palette: Palette
  readonly language: Language
  readonly centres: Readonly<Record<string, string>>
  /** Nothing moves by itself for who asked for that. */
  readonly still: boolean
}

export class OpenLayersMap implements MapAdapter {
  readonly #map: OlMap
  readonly #view: View
  readonly #ground = new GroundLayers()
  readonly #alarms = new AlarmLayers()
  readonly #track = new TrackLayer()
  #basemap: BasemapLayer | null = null
  #looks: Looks
  #language: Language
  #centres: Readonly<Record<string, string>>
  #homes: readonly string[] = []
  #following = true
  #selected: string | null = null
  #drawn: readonly DrawnAlarm[] = []
  #stretches: readonly Stretch[] = []
  #tail: Extent | null = null
  #frame = 0
  /** What was fitted last, and to which size; empty once the view was moved otherwise. */
  #fitted = ''

  constructor(
    target: HTMLElement,
    private readonly options: Options,
    private readonly listeners: Listeners,
  ) {
    this.#looks = new Looks(options.palette)
    this.#language = options.language
    this.#centres = options.centres
    this.#view = new View({ minZoom: FARTHEST_ZOOM, maxZoom: 20, enableRotation: false })
    this.#map = new OlMap({
      target,
      view: this.#view,
      controls: [],
      interactions: interactions(options.still),
      layers: [...this.#ground.layers, this.#alarms.areas, this.#track.layer, this.#alarms.symbols],
    })
    this.#view.fit(BELGIUM)
    this.#listen()
    this.#look()
  }

  setGround(ground: Ground): void {
    this.#ground.set(ground)
    this.#look()
    this.#later()
  }

  setHome(centres: readonly string[]): void {
    this.#homes = centres
    this.#later()
  }

  setAlarms(alarms: readonly DrawnAlarm[]): void {
    this.#drawn = alarms
    this.#selected = alarms.find(({ selected }) => selected)?.id ?? null
    this.#later()
  }

  setTrack(track: readonly Stretch[], tail: readonly LonLat[]): void {
    this.#stretches = track
    this.#tail = tail.length > 0 ? boundingExtent(tail.map((point) => fromLonLat([...point]))) : null
    this.#track.draw(track, this.#looks)
    this.#later()
  }

  follow(on: boolean): void {
    this.#following = on
    this.#fitted = ''
    if (on) this.#later()
  }

  showAll(): void {
    this.#fitted = ''
    this.#fit(this.#alarms.extent() ?? this.#home())
  }

  zoom(levels: number): void {
    this.#view.animate({ zoom: (this.#view.getZoom() ?? 0) + levels, duration: this.#moveMs() })
  }

  pan(right: number, down: number): void {
    const [x, y] = this.#view.getCenter() ?? [0, 0]
    const resolution = this.#view.getResolution() ?? 1
    const center = [x! + right * resolution, y! - down * resolution]
    this.#view.animate({ center, duration: this.#moveMs() })
  }

  async setBasemap(basemap: Basemap): Promise<void> {
    if (this.#basemap) this.#map.removeLayer(this.#basemap.layer)
    this.#basemap = null
    this.#ground.plain(true)
    if (basemap.kind === 'schematic' || basemap.url === null) return
    const made = await basemapLayer(basemap, basemap.url)
    made.layer.setZIndex(BASEMAP_OVER)
    made.look?.(this.#looks.palette)
    made.reach.onChange((there) => {
      this.#ground.plain(!there)
      this.listeners.basemap(there)
    })
    this.#basemap = made
    this.#map.addLayer(made.layer)
  }

  setLanguage(language: Language, centres: Readonly<Record<string, string>>): void {
    this.#language = language
    this.#centres = centres
    this.#look()
  }

  setAppearance(palette: Palette): void {
    this.#looks = new Looks(palette)
    this.#look()
    this.#alarms.restyle(this.#looks)
    this.#track.draw(this.#stretches, this.#looks)
    this.#basemap?.look?.(palette)
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame)
    this.#map.setTarget(undefined)
    this.#map.dispose()
  }

  #look(): void {
    this.#ground.look(this.#looks.palette, this.#language, this.#centres)
  }

  #listen(): void {
    const { panned, picked, scaled } = this.listeners
    this.#map.on('pointerdrag', () => panned())
    this.#map.on('dblclick', () => panned())
    this.#map.getViewport()!.addEventListener('wheel', () => panned(), { passive: true })
    this.#map.on('click', ({ pixel }) => {
      const options = { layerFilter: (layer: unknown) => layer === this.#alarms.symbols, hitTolerance: 6 }
      const found = this.#map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), options)
      if (typeof found === 'string') picked(found)
    })
    this.#map.on('change:size', () => this.#later())
    this.#map.on('moveend', () => this.#later())
    const tellScale = () => {
      const [center, resolution] = [this.#view.getCenter(), this.#view.getResolution()]
      if (center && resolution) scaled(getPointResolution(this.#view.getProjection(), resolution, center))
    }
    this.#view.on(['change:resolution', 'change:center'] as never, tellScale)
    tellScale()
  }

  /** Draw what was set, once before the next picture. */
  #later(): void {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#alarms.draw(this.#drawn, this.#looks)
      if (this.#following) this.#keepInView()
    })
  }

  /** Move the view when the followed is about to leave it, or is much smaller than it could be. */
  #keepInView(): void {
    const area = this.#selected === null ? null : this.#alarms.extent(this.#selected)
    if (!area) return this.#fitOnce(this.#home())
    const wanted = extend(extend(createEmpty(), area), this.#tail ?? createEmpty())
    const [width, height] = this.#map.getSize() ?? [0, 0]
    if (!width || !height) return
    const seen = this.#view.calculateExtent([width, height])
    const resolution = this.#view.getResolution() ?? 1
    const inner = within(seen, resolution)
    const best = Math.max(
      this.#view.getResolutionForExtent(wanted, [width, height]),
      this.#view.getResolutionForZoom(CLOSEST_ZOOM),
    )
    if (containsExtent(inner, wanted) && resolution <= best * TOO_FAR_OUT) return
    if (!this.#view.getAnimating()) this.#fitOnce(wanted)
  }

  /** Fit what was not fitted just before: an area that is larger than any view would be for ever. */
  #fitOnce(extent: Extent): void {
    const asked = [...extent, ...(this.#map.getSize() ?? [])].join()
    if (this.#fitted !== asked) this.#fit(extent)
    this.#fitted = asked
  }

  #fit(extent: Extent): void {
    this.#view.cancelAnimations()
    this.#view.fit(extent, { padding: [...EMPTY_PX], maxZoom: CLOSEST_ZOOM, duration: this.#moveMs() })
  }

  #home(): Extent {
    const home = this.#ground.extent(this.#homes)
    return home && !isEmpty(home) ? home : BELGIUM
  }

  #moveMs(): number {
    return this.options.still ? 0 : MOVE_MS
  }
}

/** What of a view nothing lies over, at so many metres a pixel. */
function within([west, south, east, north]: Extent, resolution: number): Extent {
  const [top, right, bottom, left] = LEAVES_PX.map((px) => px * resolution) as [
    number,
    number,
    number,
    number,
  ]
  return [west! + left, south! + bottom, east! - right, north! - top]
}

function interactions(still: boolean): (DragPan | MouseWheelZoom | DoubleClickZoom | PinchZoom)[] {
  const duration = still ? 0 : MOVE_MS
  return [
    new DragPan(still ? {} : { kinetic: new Kinetic(-0.005, 0.05, 100) }),
    new MouseWheelZoom({ duration }),
    new DoubleClickZoom({ duration }),
    new PinchZoom({ duration }),
  ]
}
