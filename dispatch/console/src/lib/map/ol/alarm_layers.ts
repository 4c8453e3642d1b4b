/** The open alarms on the map: an area and a symbol each, changed in place. */
import Feature from 'ol/Feature'
import { boundingExtent, type Extent } from 'ol/extent'
import Point from 'ol/geom/Point'
import Polygon from 'ol/geom/Polygon'
import VectorLayer from 'ol/layer/Vector'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import type { DrawnAlarm } from '../drawn'
import { circle } from '../geometry'
import { AREAS_OVER, LABELS, SYMBOLS_OVER } from './layering'
import type { Looks } from './looks'

interface Shown {
  drawn: DrawnAlarm
  readonly symbol: Feature<Point>
  /** Empty where the radius is not known. */
  readonly area: Feature<Polygon>
}

const AROUND_PX = 200 // what is drawn beside the view, so that a small move needs no new drawing

export class AlarmLayers {
  readonly #symbols = new VectorSource<Feature<Point>>()
  readonly #areas = new VectorSource<Feature<Polygon>>()
  readonly areas = new VectorLayer({ source: this.#areas, zIndex: AREAS_OVER, renderBuffer: AROUND_PX })
  readonly symbols = new VectorLayer({
    source: this.#symbols,
    zIndex: SYMBOLS_OVER,
    declutter: LABELS,
    renderBuffer: AROUND_PX,
  })
  readonly #shown = new Map<string, Shown>()

  draw(alarms: readonly DrawnAlarm[], looks: Looks): void {
    const gone = new Set(this.#shown.keys())
    for (const drawn of alarms) {
      gone.delete(drawn.id)
      const shown = this.#shown.get(drawn.id)
      if (shown) change(shown, drawn, looks)
      else this.#add(drawn, looks)
    }
    for (const id of gone) this.#remove(id)
  }

  restyle(looks: Looks): void {
    for (const shown of this.#shown.values()) style(shown, shown.drawn, looks)
  }

  /** The alarm's area, or its point where no radius is known; all of them where none is named. */
  extent(id?: string): Extent | null {
    const asked = id === undefined ? [...this.#shown.values()] : [this.#shown.get(id)]
    const corners = asked.flatMap((shown) => (shown ? cornersOf(shown) : []))
    return corners.length > 0 ? boundingExtent(corners) : null
  }

  #add(drawn: DrawnAlarm, looks: Looks): void {
    const symbol = new Feature(new Point(fromLonLat([drawn.longitude, drawn.latitude])))
    symbol.setId(drawn.id)
    const area = new Feature(new Polygon(ringsOf(drawn)))
    const shown = { drawn, symbol, area }
    style(shown, drawn, looks)
    this.#shown.set(drawn.id, shown)
    this.#symbols.addFeature(symbol)
    this.#areas.addFeature(area)
  }

  #remove(id: string): void {
    const { symbol, area } = this.#shown.get(id)!
    this.#shown.delete(id)
    this.#symbols.removeFeature(symbol)
    this.#areas.removeFeature(area)
  }
}

function change(shown: Shown, drawn: DrawnAlarm, looks: Looks): void {
  const before = shown.drawn
  shown.drawn = drawn
  const moved = before.longitude !== drawn.longitude || before.latitude !== drawn.latitude
  if (moved) shown.symbol.getGeometry()!.setCoordinates(fromLonLat([drawn.longitude, drawn.latitude]))
  if (moved || before.radiusM !== drawn.radiusM) shown.area.getGeometry()!.setCoordinates(ringsOf(drawn))
  style(shown, drawn, looks)
}

function style({ symbol, area }: Shown, drawn: DrawnAlarm, looks: Looks): void {
  const [symbolLook, areaLook] = [looks.symbol(drawn), looks.area(drawn)]
  if (symbol.getStyle() !== symbolLook) symbol.setStyle(symbolLook)
  if (area.getStyle() !== areaLook) area.setStyle(areaLook)
}

function ringsOf({ longitude, latitude, radiusM }: DrawnAlarm): number[][][] {
  if (radiusM === null) return []
  return [circle({ longitude, latitude }, radiusM).map((corner) => fromLonLat([...corner]))]
}

function cornersOf({ symbol, area }: Shown): number[][] {
  return area.getGeometry()!.getCoordinates()[0] ?? [symbol.getGeometry()!.getCoordinates()]
}
