/** The schematic map: the centres' areas, their borders and names, cantons and places. It has no streets. */
import { createEmpty, extend, type Extent } from 'ol/extent'
import Feature from 'ol/Feature'
import MultiLineString from 'ol/geom/MultiLineString'
import MultiPolygon from 'ol/geom/MultiPolygon'
import Point from 'ol/geom/Point'
import type BaseLayer from 'ol/layer/Base'
import VectorLayer from 'ol/layer/Vector'
import VectorImageLayer from 'ol/layer/VectorImage'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import type { Language } from '../../words'
import type { Ground } from '../adapter'
import { polygons } from '../areas'
import { nameOf, type Place } from '../places'
import type { Palette } from '../palette'
import { asidePx } from '../surroundings'
import { BORDERS_OVER, CANTONS_OVER, LABELS, LAND_OVER, NAMES_OVER } from './layering'

/** From which zoom a place of so many inhabitants is named. */
const NAMED_FROM: readonly (readonly [inhabitants: number, zoom: number])[] = [
  [90_000, 0],
  [30_000, 8.5],
  [15_000, 9.5],
  [8_000, 10.3],
  [3_000, 11],
  [0, 11.8],
]
const CENTRES_NAMED_TO = 10
const CENTRE_WEIGHT = 200_000 // its name goes before all but the largest places'
const CANTONS_FROM = 9.5
const AHEAD = 1.4 // how much wider than the view is painted, for a pointer that drags

/** Painted once for a view and kept as a picture: it does not change while alarms move over it. */
const PICTURE = { imageRatio: AHEAD, updateWhileInteracting: false, updateWhileAnimating: false }

/** A place that is named whatever the zoom, and whose symbol and label its name keeps off. */
export interface Near {
  readonly place: Place
  readonly symbolAt: readonly [x: number, y: number]
  readonly labelLines: number
}

export class GroundLayers {
  #near: Near | null = null
  #ground: Ground | null = null
  readonly #areas = new VectorSource()
  readonly #cantons = new VectorSource()
  readonly #names = new VectorSource()
  readonly #land = new VectorImageLayer({ ...PICTURE, source: this.#areas, zIndex: LAND_OVER })
  readonly #cantonLines = new VectorImageLayer({
    ...PICTURE,
    source: this.#cantons,
    zIndex: CANTONS_OVER,
    minZoom: CANTONS_FROM,
  })
  readonly #borders = new VectorImageLayer({ ...PICTURE, source: this.#areas, zIndex: BORDERS_OVER })
  readonly #places = new VectorLayer({
    source: this.#names,
    zIndex: NAMES_OVER,
    declutter: LABELS,
    renderOrder: (one, other) => this.#weightOf(other) - this.#weightOf(one),
  })

  get layers(): BaseLayer[] {
    return [this.#land, this.#cantonLines, this.#borders, this.#places]
  }

  /** Known once the ground is. */
  get places(): readonly Place[] {
    return this.#ground?.places ?? []
  }

  set(ground: Ground): void {
    this.#ground = ground
    this.#areas.clear(true)
    this.#names.clear(true)
    for (const { properties, geometry } of ground.centres.features) {
      const area = new MultiPolygon(
        polygons(geometry).map((rings) => rings.map((ring) => ring.map((corner) => fromLonLat([...corner])))),
      )
      const drawn = new Feature(area)
      drawn.set('centre', properties?.['centre'], true)
      this.#areas.addFeature(drawn)
      const name = new Feature(new Point(middleOf(area)))
      name.set('centre', properties?.['centre'], true)
      this.#names.addFeature(name)
    }
    this.#cantons.clear(true)
    for (const {
      geometry: { coordinates },
    } of ground.cantons.features)
      this.#cantons.addFeature(
        new Feature(
          new MultiLineString(coordinates.map((line) => line.map((corner) => fromLonLat([...corner])))),
        ),
      )
    this.#names.addFeatures(
      ground.places.map((place) => {
        const feature = new Feature(new Point(fromLonLat([place.lon, place.lat])))
        feature.set('place', place, true)
        return feature
      }),
    )
  }

  /** What these centres' areas cover together; null where none of them is known. */
  extent(centres: readonly string[]): Extent | null {
    const found = this.#areas.getFeatures().filter((area) => centres.includes(String(area.get('centre'))))
    if (found.length === 0) return null
    return found.reduce((whole, area) => extend(whole, area.getGeometry()!.getExtent()), createEmpty())
  }

  /** Whether the names of places and the cantons are drawn: a basemap has its own. */
  plain(schematic: boolean): void {
    this.#places.setVisible(schematic)
    this.#cantonLines.setVisible(schematic)
  }

  /** Name this place before all others, until another is named so. */
  name(near: Near | null): void {
    if (same(near, this.#near)) return
    this.#near = near
    this.#places.changed()
  }

  look(palette: Palette, language: Language, centres: Readonly<Record<string, string>>): void {
    this.#land.setStyle(new Style({ fill: new Fill({ color: palette.land }) }))
    this.#cantonLines.setStyle(new Style({ stroke: new Stroke({ color: palette.canton, width: 1 }) }))
    this.#borders.setStyle(new Style({ stroke: new Stroke({ color: palette.border, width: 2 }) }))
    const [halo, ink, quiet] = [
      new Stroke({ color: palette.land, width: 3 }),
      new Fill({ color: palette.place }),
      new Fill({ color: palette.muted }),
    ]
    const named = new Map<Feature, { readonly from: number; readonly to: number; readonly style: Style }>()
    for (const feature of this.#names.getFeatures()) {
      const place = feature.get('place') as Place | undefined
      const centre = String(feature.get('centre'))
      const text = place
        ? new Text({ text: nameOf(place, language), font: fontOf(place, palette), fill: ink, stroke: halo })
        : new Text({
            text: (centres[centre] ?? centre).toLocaleUpperCase(language),
            font: `600 12px ${palette.font}`,
            fill: quiet,
            stroke: halo,
          })
      const reach = place
        ? { from: namedFrom(place.population), to: Infinity }
        : { from: 0, to: CENTRES_NAMED_TO }
      named.set(feature, { ...reach, style: new Style({ text }) })
    }
    this.#places.setStyle((feature, resolution) => {
      const { from, to, style } = named.get(feature as Feature) ?? { from: Infinity, to: 0, style: undefined }
      if (feature.get('place') !== undefined)
        style?.getText()?.setOffsetY(this.#asidePx(feature as Feature<Point>, resolution))
      if (this.#isNear(feature)) return style
      const zoom = Math.log2(WORLD_M_PX / resolution)
      return zoom >= from && zoom <= to ? style : undefined
    })
  }

  #isNear(feature: { get(name: string): unknown }): boolean {
    return this.#near !== null && feature.get('place') === this.#near.place
  }

  #asidePx(feature: Feature<Point>, resolution: number): number {
    if (!this.#near || !this.#isNear(feature)) return 0
    const [[x, y], [herX, herY]] = [feature.getGeometry()!.getCoordinates(), this.#near.symbolAt]
    return asidePx((x! - herX) / resolution, (herY - y!) / resolution, this.#near.labelLines)
  }

  /** What of two names that do not both fit is drawn. */
  #weightOf(feature: { get(name: string): unknown }): number {
    if (this.#isNear(feature)) return Infinity
    return (feature.get('place') as Place | undefined)?.population ?? CENTRE_WEIGHT
  }
}

const WORLD_M_PX = 156_543.034 // of a web map's zoom 0, at the equator

function namedFrom(population: number): number {
  return NAMED_FROM.find(([inhabitants]) => population >= inhabitants)?.[1] ?? 0
}

function fontOf({ population }: Place, { font }: Palette): string {
  return population >= 90_000 ? `600 15px ${font}` : `${population >= 15_000 ? 600 : 400} 13px ${font}`
}

function same(one: Near | null, other: Near | null): boolean {
  return (
    one?.place === other?.place &&
    one?.labelLines === other?.labelLines &&
    one?.symbolAt.join() === other?.symbolAt.join()
  )
}

/** The middle of the largest part: enclaves bear no name. */
function middleOf(area: MultiPolygon): number[] {
  const parts = area.getPolygons().toSorted((one, other) => other.getArea() - one.getArea())
  return parts[0]!.getInteriorPoint().getCoordinates().slice(0, 2)
}
