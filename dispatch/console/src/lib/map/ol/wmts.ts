/** A WMTS as its capabilities describe it; fetched only where one is configured. */
import WMTSCapabilities from 'ol/format/WMTSCapabilities'
import WMTS, { optionsFromCapabilities } from 'ol/source/WMTS'
import type { Basemap } from '../../wire'

/** Ask the server what it has; throws where it does not answer or has no such layer. */
export async function wmtsSource(basemap: Basemap, url: string): Promise<WMTS> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the WMTS answered ${answer.status}`)
  const capabilities = new WMTSCapabilities().read(await answer.text())
  const options = optionsFromCapabilities(capabilities, {
    layer: basemap.layer ?? '',
    ...(basemap.matrix_set === null ? { projection: basemap.projection } : { matrixSet: basemap.matrix_set }),
  })
  if (!options) throw new Error('the WMTS has no such layer')
  return new WMTS(options)
}
