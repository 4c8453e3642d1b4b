/** A MapLibre style; fetched only where one is configured. */
import LayerGroup from 'ol/layer/Group'
import type Layer from 'ol/layer/Layer'
import UrlTile from 'ol/source/UrlTile'
import { apply } from 'ol-mapbox-style'
import type { BasemapLayer } from './basemap_layer'
import { Reach } from './reach'

interface Style {
  readonly layers: readonly { readonly layout?: Record<string, unknown> }[]
}

/** Draw as the style says; throws where it cannot be fetched. */
export async function styleLayer(url: string): Promise<BasemapLayer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the style answered ${answer.status}`)
  const style = (await answer.json()) as Style
  for (const { layout } of style.layers) useOwnFonts(layout)
  const layer = new LayerGroup()
  await apply(layer, style, { styleUrl: new URL(url, location.href).href })
  const reach = new Reach()
  for (const part of layer.getLayersArray()) {
    const source = (part as Layer).getSource()
    if (source instanceof UrlTile) reach.watch(source)
  }
  return { layer, reach }
}

/** Fonts that are not on the workstation would be fetched from a server of somebody else. */
function useOwnFonts(layout: Record<string, unknown> | undefined): void {
  const font = layout?.['text-font']
  if (!layout || font === undefined) return
  layout['text-font'] = [/bold|medium/i.test(JSON.stringify(font)) ? 'Arial Bold' : 'Arial Regular']
}
