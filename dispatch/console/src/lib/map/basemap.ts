/** What the map stands on, as the gateway is configured (`GET /v1/basemap`). */
import type { Basemap } from '../wire'

export const SCHEMATIC: Basemap = {
  kind: 'schematic',
  url: null,
  attribution: null,
  layer: null,
  matrix_set: null,
  projection: 'EPSG:3857',
  min_zoom: 0,
  max_zoom: 19,
}

/** Ask the gateway which it is; throws where it does not answer. */
export async function configuredBasemap(): Promise<Basemap> {
  const answer = await fetch('/v1/basemap')
  if (!answer.ok) throw new Error(`the basemap answered ${answer.status}`)
  return (await answer.json()) as Basemap
}
