/**
 * How vectors in the Protomaps schema are drawn: streets and water, quiet under what matters. Lines of any other
 * schema are drawn as small streets: better than a map that looks empty.
 */
import type { FeatureLike } from 'ol/Feature'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style, { type StyleFunction } from 'ol/style/Style'
import Text from 'ol/style/Text'
import { translucent, type Palette } from '../palette'

/** Width in px at a scale where a street is drawn; motorways are kept at every one. */
const ROADS: Record<string, readonly [widthPx: number, toResolution: number]> = {
  highway: [4, Infinity],
  major_road: [3, 200],
  medium_road: [2.5, 60],
  minor_road: [2, 20],
  path: [1, 5],
}
const OTHER_ROAD = 'minor_road'
const LINES = new Set(['LineString', 'MultiLineString'])
const NAMES_TO_M_PX = 5 // coarser than this no street's name is read
const TOWNS = new Set(['city', 'town', 'locality', 'country', 'region'])

export function protomapsStyle(palette: Palette): StyleFunction {
  const fills = {
    earth: filled(palette.land),
    water: filled(palette.water),
    landuse: filled(translucent(palette.canton, 0.25)),
    buildings: filled(translucent(palette.muted, 0.25)),
  }
  const roads = new Map(
    Object.entries(ROADS).map(([kind, [width]]) => [
      kind,
      new Style({ stroke: new Stroke({ color: palette.road, width }), zIndex: width }),
    ]),
  )
  return (feature, resolution) => {
    const layer = String(feature.get('layer'))
    if (layer === 'roads') return roadStyle(feature, resolution, roads, palette)
    if (layer === 'places') return named(feature, palette, '600 13px')
    const fill = fills[layer as keyof typeof fills] as Style | undefined
    if (fill || !LINES.has(feature.getGeometry()?.getType() ?? '')) return fill
    return roadStyle(feature, resolution, roads, palette)
  }
}

function roadStyle(
  feature: FeatureLike,
  resolution: number,
  styles: ReadonlyMap<string, Style>,
  palette: Palette,
): Style[] | undefined {
  const told = String(feature.get('kind'))
  const kind = told in ROADS ? told : OTHER_ROAD
  const style = styles.get(kind)
  if (!style || resolution > ROADS[kind]![1]) return undefined
  const name = resolution < NAMES_TO_M_PX ? named(feature, palette, '400 12px', true) : undefined
  return name ? [style, name] : [style]
}

function named(feature: FeatureLike, palette: Palette, font: string, along = false): Style | undefined {
  const name: unknown = feature.get('name')
  if (typeof name !== 'string' || !(along || TOWNS.has(String(feature.get('kind'))))) return undefined
  return new Style({
    text: new Text({
      text: name,
      font: `${font} ${palette.font}`,
      fill: new Fill({ color: palette.place }),
      stroke: new Stroke({ color: palette.land, width: 3 }),
      ...(along ? { placement: 'line' } : {}),
    }),
  })
}

function filled(colour: string): Style {
  return new Style({ fill: new Fill({ color: colour }) })
}
