/** What the map shows of a position, in words. */
import { age, compassPoint, distance, elapsed, percent, speed } from '../format'
import type { AlarmView, Position } from '../wire'
import type { Words } from '../words'
import { radiusOf, speedOf } from './drawn'

export function ageS(position: Position, now: number): number {
  return (now - Date.parse(position.fixed_at)) / 1000
}

export function toldAge(position: Position, now: number, words: Words): string {
  return age(ageS(position, now), words.locale)
}

/** `within 20 m (95 % sure)`, or that the radius is not known. */
export function toldRadius(position: Position, words: Words): string {
  const radius = radiusOf(position)
  if (radius === null) return words.position.radiusUnknown
  return words.position.within(distance(radius, words.locale), percent(position.confidence, words.locale))
}

/** How fast and where to; null where her speed is not known. */
export function toldMotion(position: Position, words: Words): string | null {
  const moving = speedOf(position)
  if (moving === null) return null
  if (moving === 0) return words.position.still
  const { heading_deg } = position
  const towards = heading_deg === null ? null : words.compass[compassPoint(heading_deg)]
  return words.position.moving(speed(moving), towards)
}

/** How long she is followed yet, or why not; `now` in ms. */
export function toldTracking(alarm: AlarmView, now: number, words: Words): string {
  const said = words.map.tracking
  if (alarm.tracking !== 'live') return said[alarm.tracking]
  const leftMs = alarm.tracking_until === null ? 0 : Date.parse(alarm.tracking_until) - now
  return leftMs > 0 ? said.left(elapsed(leftMs / 1000, words.locale)) : said.due
}
