/** One PMTiles file, read by ranges: pictures, or vectors in the Protomaps schema. Fetched where configured. */
import MVT from 'ol/format/MVT'
import TileLayer from 'ol/layer/Tile'
import VectorTileLayer from 'ol/layer/VectorTile'
import ImageTile from 'ol/source/ImageTile'
import VectorTileSource from 'ol/source/VectorTile'
import TileState from 'ol/TileState'
import { createXYZ } from 'ol/tilegrid'
import type VectorTile from 'ol/VectorTile'
import { PMTiles, TileType, type Header } from 'pmtiles'
import type { BasemapLayer } from './basemap_layer'
import { LABELS } from './layering'
import { protomapsStyle } from './protomaps'
import { Reach } from './reach'

const VECTOR_TILE_PX = 512

/** Read the file's header; throws where it cannot be had. */
export async function pmtilesLayer(url: string): Promise<BasemapLayer> {
  const file = new PMTiles(new URL(url, location.href).href)
  const header = await file.getHeader()
  return header.tileType === TileType.Mvt ? vectors(file, header) : pictures(file, header)
}

function pictures(file: PMTiles, { minZoom, maxZoom }: Header): BasemapLayer {
  const reach = new Reach()
  const source = new ImageTile({
    tileGrid: createXYZ({ minZoom, maxZoom }),
    loader: async (zoom, column, row) => {
      const tile = await file.getZxy(zoom, column, row)
      const picture = tile ? new Blob([tile.data]) : await new OffscreenCanvas(1, 1).convertToBlob()
      return createImageBitmap(picture)
    },
  })
  source.on('tileloadend', () => reach.came())
  source.on('tileloaderror', () => reach.failed())
  return { layer: new TileLayer({ source }), reach }
}

function vectors(file: PMTiles, { minZoom, maxZoom }: Header): BasemapLayer {
  const source = new VectorTileSource({
    format: new MVT(),
    tileGrid: createXYZ({ minZoom, maxZoom, tileSize: VECTOR_TILE_PX }),
    tileUrlFunction: (place) => place.join('/'),
    tileLoadFunction: (tile, address) => {
      const [zoom, column, row] = address.split('/').map(Number) as [number, number, number]
      const vectorTile = tile as VectorTile<never>
      vectorTile.setLoader((extent, _resolution, projection) => {
        void load(vectorTile, () => file.getZxy(zoom, column, row), { extent, featureProjection: projection })
      })
    },
  })
  const reach = new Reach()
  reach.watch(source)
  const layer = new VectorTileLayer({ source, declutter: LABELS })
  return { layer, reach, look: (palette) => layer.setStyle(protomapsStyle(palette)) }
}

async function load(
  tile: VectorTile<never>,
  read: () => Promise<{ data: ArrayBuffer } | undefined>,
  as: Parameters<MVT['readFeatures']>[1],
): Promise<void> {
  try {
    const found = await read()
    const features = found ? tile.getFormat().readFeatures(found.data, as) : []
    tile.setFeatures(features as never[])
  } catch {
    tile.setState(TileState.ERROR)
  }
}
