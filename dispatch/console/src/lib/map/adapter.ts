/** What the console asks of a map engine: everything else about it stays behind this. */
import type { Language } from '../words'
import type { AreaCollection, LineCollection } from './areas'
import type { Basemap } from '../wire'
import type { DrawnAlarm, DrawnArea, DrawnOffender, DrawnZone } from './drawn'
import type { LonLat } from './geometry'
import type { Palette } from './palette'
import type { Place } from './places'
import type { Stretch } from './track'

/** Borders and names under everything. */
export interface Ground {
  readonly centres: AreaCollection
  readonly cantons: LineCollection
  readonly places: readonly Place[]
}

export interface Listeners {
  /** The operator moved or zoomed the map herself. */
  panned: () => void
  /** She pointed at an alarm. */
  picked: (alarmId: string) => void
  /** The view changed: how many metres a CSS pixel is at its centre. */
  scaled: (metresPerPixel: number) => void
  /** Whether the configured basemap can be seen; without it the schematic map is. */
  basemap: (there: boolean) => void
}

export interface MapAdapter {
  setGround(ground: Ground): void
  /** What to show where nothing is followed: the operator's own centres. */
  setHome(centres: readonly string[]): void
  /** Draw these alarms and no others. */
  setAlarms(alarms: readonly DrawnAlarm[]): void
  /** Draw the selected alarm's way. `tail` is what following keeps in view with its area. */
  setTrack(track: readonly Stretch[], tail: readonly LonLat[]): void
  /** Draw who threatens them; the way of the selected alarm's, and the zone he is kept out of. */
  setOffenders(offenders: readonly DrawnOffender[], track: readonly Stretch[], zone: DrawnZone | null): void
  /** Keep the selected alarm in view, from now on or no more. */
  follow(on: boolean): void
  showAll(): void
  zoom(levels: number): void
  /** Move the view by CSS pixels. */
  pan(right: number, down: number): void
  setBasemap(basemap: Basemap): Promise<void>
  setLanguage(language: Language, centres: Readonly<Record<string, string>>): void
  setAppearance(palette: Palette): void
  destroy(): void
}

/** What the case teams' pages ask of a map on which an area is drawn. */
export interface AreaEditor {
  setGround(ground: Ground): void
  setBasemap(basemap: Basemap): Promise<void>
  draw(area: DrawnArea): void
  fit(): void
  destroy(): void
}
