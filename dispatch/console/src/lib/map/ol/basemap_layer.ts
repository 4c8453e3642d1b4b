/** The configured basemap as a layer. What few gateways need is fetched only where it is configured. */
import type BaseLayer from 'ol/layer/Base'
import TileLayer from 'ol/layer/Tile'
import type TileImage from 'ol/source/TileImage'
import TileWMS from 'ol/source/TileWMS'
import XYZ from 'ol/source/XYZ'
import type { Basemap } from '../../wire'
import type { Palette } from '../palette'
import { Reach } from './reach'

export interface BasemapLayer {
  readonly layer: BaseLayer
  readonly reach: Reach
  /** Draw in these colours, where the layer has none of its own. */
  look?(palette: Palette): void
}

/** Make the layer of a basemap; throws where its server cannot be asked what it has. */
export async function basemapLayer(basemap: Basemap, url: string): Promise<BasemapLayer> {
  switch (basemap.kind) {
    case 'pmtiles':
      return (await import('./pmtiles')).pmtilesLayer(url)
    case 'style':
      return (await import('./map_style')).styleLayer(url)
    case 'wmts':
      return tiled(await (await import('./wmts')).wmtsSource(basemap, url))
    case 'wms':
      return tiled(new TileWMS({ url, params: { LAYERS: basemap.layer }, projection: basemap.projection }))
    default:
      return tiled(new XYZ({ url, minZoom: basemap.min_zoom, maxZoom: basemap.max_zoom }))
  }
}

export function tiled(source: TileImage): BasemapLayer {
  const reach = new Reach()
  reach.watch(source)
  return { layer: new TileLayer({ source }), reach }
}
