/** What lies over what, from the ground up. */
export const LAND_OVER = 0
export const CANTONS_OVER = 1
export const BASEMAP_OVER = 2
export const BORDERS_OVER = 3
export const NAMES_OVER = 4
export const AREAS_OVER = 5
export const ZONES_OVER = 4.5
export const TRACK_OVER = 6
export const SYMBOLS_OVER = 7
export const OFFENDERS_OVER = 8

/** Labels of these layers keep off each other: an alarm's goes before a place's name. */
export const LABELS = 'labels'
