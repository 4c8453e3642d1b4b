/** The map on OpenLayers, drawn on a plain canvas: it needs no graphics card. */
import 'ol/ol.css'
import {
  boundingExtent,
  containsCoordinate,
  containsExtent,
  extend,
  getCenter,
  isEmpty,
  type Extent,
} from 'ol/extent'
import OlMap from 'ol/Map'
import { fromLonLat, getPointResolution } from 'ol/proj'
import View from 'ol/View'
import type { Language } from '../../words'
import type { Ground, Listeners, MapAdapter } from '../adapter'
import type { Basemap } from '../../wire'
import type { DrawnAlarm, DrawnOffender, DrawnZone } from '../drawn'
import type { LonLat } from '../geometry'
import type { Palette } from '../palette'
import { LEAST_ACROSS_M, surroundings } from '../surroundings'
import type { Stretch } from '../track'
import { AlarmLayers } from './alarm_layers'
import { basemapLayer, type BasemapLayer } from './basemap_layer'
import { GroundLayers } from './ground'
import { BASEMAP_OVER } from './layering'
import { about, EMPTY_PX, interactions, MOVE_MS, together, within } from './handling'
import { Looks } from './looks'
import { OffenderLayers } from './offender_layers'
import { TrackLayer } from './track_layer'

const BELGIUM = boundingExtent([fromLonLat([2.5, 49.45]), fromLonLat([6.45, 51.55])])
const CLOSEST_ZOOM = 18 // 0.4 m a pixel: a radius of 20 m is well beyond its symbol
const FARTHEST_ZOOM = 5
const TOO_FAR_OUT = 6 // an area so many times smaller than could be is looked at from nearer
const TOO_NEAR = 0.9 // the least view differs so little with her latitude

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
  readonly #offenders: OffenderLayers
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
  /** Whether the ground has no streets now. */
  #plain = true
  /** Whether what is followed is held with its surroundings. */
  #wide = true
  /** Whether what is held in view has become another. */
  #refit = false
  #frame = 0
  /** What was fitted last, and to which size; empty once the view was moved otherwise. */
  #fitted = ''

  constructor(
    target: HTMLElement,
    private readonly options: Options,
    private readonly listeners: Listeners,
  ) {
    this.#looks = new Looks(options.palette)
    this.#offenders = new OffenderLayers(options.palette)
    this.#language = options.language
    this.#centres = options.centres
    this.#view = new View({ minZoom: FARTHEST_ZOOM, maxZoom: 20, enableRotation: false })
    this.#map = new OlMap({
      target,
      view: this.#view,
      controls: [],
      interactions: interactions(options.still),
      layers: [
        ...this.#ground.layers,
        this.#alarms.areas,
        this.#track.layer,
        this.#alarms.symbols,
        ...this.#offenders.layers,
      ],
    })
    this.#view.fit(BELGIUM)
    this.#listen()
    this.#look()
  }

  setGround(ground: Ground): void {
    this.#ground.set(ground)
    this.#refit = true
    this.#look()
    this.#later()
  }

  setHome(centres: readonly string[]): void {
    this.#homes = centres
    this.#later()
  }

  setAlarms(alarms: readonly DrawnAlarm[]): void {
    this.#drawn = alarms
    const selected = alarms.find((alarm) => alarm.selected)?.id ?? null
    if (selected !== this.#selected) this.#wide = this.#plain
    this.#selected = selected
    this.#later()
  }

  setTrack(track: readonly Stretch[], tail: readonly LonLat[]): void {
    this.#stretches = track
    this.#tail = tail.length > 0 ? boundingExtent(tail.map((point) => fromLonLat([...point]))) : null
    this.#track.draw(track, this.#looks)
    this.#later()
  }

  setOffenders(offenders: readonly DrawnOffender[], track: readonly Stretch[], zone: DrawnZone | null): void {
    this.#offenders.set(offenders, track, zone)
    this.#later()
  }

  follow(on: boolean): void {
    this.#following = on
    this.#fitted = ''
    if (!on) return
    this.#wide = this.#plain
    this.#later()
  }

  showAll(): void {
    this.#fitted = ''
    this.#fit(this.#alarms.extent() ?? this.#home(), this.#leastResolution(LEAST_ACROSS_M))
  }

  zoom(levels: number): void {
    const zoom = (this.#view.getZoom() ?? 0) + levels
    this.#view.animate({ zoom, ...this.#anchor(), duration: this.#moveMs() })
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
    this.#stand(true, true)
    if (basemap.kind === 'schematic' || basemap.url === null) return
    const made = await basemapLayer(basemap, basemap.url)
    made.layer.setZIndex(BASEMAP_OVER)
    made.look?.(this.#looks.palette)
    let came = false
    made.reach.onChange((there) => {
      this.#stand(!there, !there || !came)
      came ||= there
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
    this.#offenders.restyle(palette)
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

  /** Stand on a ground without streets or on a basemap, and look at it from as far as it needs. */
  #stand(plain: boolean, widens: boolean): void {
    this.#ground.plain(plain)
    this.#plain = plain
    // One that fails only from near must not draw the view to and fro: it stays wide until something is chosen.
    if (!widens || this.#wide === plain) return
    this.#wide = plain
    this.#refit = true
    this.#later()
  }

  /** Move the view when the followed is about to leave it, or is much smaller than it could be. */
  #keepInView(): void {
    const followed = this.#followed()
    if (!followed) return this.#fitOnce(this.#home())
    const [width, height] = this.#map.getSize() ?? [0, 0]
    if (!width || !height) return
    const { wanted, least, middle } = followed
    const seen = this.#view.calculateExtent([width, height])
    const resolution = this.#view.getResolution() ?? 1
    const best = Math.max(this.#view.getResolutionForExtent(wanted, [width, height]), least)
    const near = this.#wide && resolution < least * TOO_NEAR
    const fits = containsExtent(within(seen, resolution), wanted) && resolution <= best * TOO_FAR_OUT && !near
    if (fits && !this.#refit) return
    if (this.#view.getAnimating() && !this.#refit) return
    if (this.#refit || near) this.#fitted = ''
    this.#refit = false
    this.#fitOnce(this.#wide ? about(middle, wanted) : wanted, least)
  }

  /** What the view is to hold, and how near it may come to it. */
  #followed(): { readonly wanted: Extent; readonly least: number; readonly middle: LonLat } | null {
    const area = this.#selected === null ? null : this.#alarms.extent(this.#selected)
    const drawn = this.#drawn.find(({ id }) => id === this.#selected)
    const his = this.#offenders.held()
    if (!area || !drawn) {
      this.#ground.name(null)
      return (
        his && {
          wanted: his,
          least: this.#leastResolution(LEAST_ACROSS_M),
          middle: getCenter(his) as [number, number],
        }
      )
    }
    const wanted = together(area, this.#tail, his)
    const { place, acrossM } = surroundings(this.#ground.places, drawn)
    const at = fromLonLat([drawn.longitude, drawn.latitude]) as [number, number]
    this.#ground.name(place && { place, symbolAt: at, labelLines: drawn.label.split('\n').length })
    if (place && this.#wide) extend(wanted, boundingExtent([fromLonLat([place.lon, place.lat])]))
    return { wanted, least: this.#leastResolution(acrossM, at), middle: at }
  }

  /** What the view's shorter side spans at least is `acrossM` where there are no streets. */
  #leastResolution(acrossM: number, at = this.#view.getCenter() ?? [0, 0]): number {
    const closest = this.#view.getResolutionForZoom(CLOSEST_ZOOM)
    const shorter = Math.min(...(this.#map.getSize() ?? []))
    if (!this.#wide || !Number.isFinite(shorter) || shorter === 0) return closest
    return Math.max(closest, acrossM / shorter / getPointResolution(this.#view.getProjection(), 1, at))
  }

  /** Zooming from so far keeps hold of her whom it is about. */
  #anchor(): { anchor?: number[] } {
    const her = this.#drawn.find(({ id }) => id === this.#selected)
    if (!this.#wide || !her) return {}
    const anchor = fromLonLat([her.longitude, her.latitude])
    return containsCoordinate(this.#view.calculateExtent(), anchor) ? { anchor } : {}
  }

  /** Fit what was not fitted just before: an area that is larger than any view would be for ever. */
  #fitOnce(extent: Extent, least?: number): void {
    const asked = [...extent, ...(this.#map.getSize() ?? [])].join()
    if (this.#fitted !== asked) this.#fit(extent, least)
    this.#fitted = asked
  }

  #fit(extent: Extent, minResolution = this.#view.getResolutionForZoom(CLOSEST_ZOOM)): void {
    this.#view.cancelAnimations()
    this.#view.fit(extent, { padding: [...EMPTY_PX], minResolution, duration: this.#moveMs() })
  }

  #home(): Extent {
    const home = this.#ground.extent(this.#homes)
    return home && !isEmpty(home) ? home : BELGIUM
  }

  #moveMs(): number {
    return this.options.still ? 0 : MOVE_MS
  }
}
