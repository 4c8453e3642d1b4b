/** Act once what is in the document now has been drawn. */
export function afterPaint(act: () => void): void {
  // The first frame's callback runs before it is drawn, the second's after.
  requestAnimationFrame(() => requestAnimationFrame(act))
}

/**
 * Those of these alarms that are themselves drawn on a page that is in front. What draws one says so by
 * `data-shows`: of several unanswered ones the banner shows one, a wall display the first, and another view
 * none but the banner's.
 */
export function drawnOf(alarmIds: readonly string[]): readonly string[] {
  if (document.visibilityState !== 'visible') return []
  const shown = [...document.querySelectorAll<HTMLElement>('[data-shows]')]
  const drawn = new Set(shown.map(({ dataset }) => dataset['shows']))
  return alarmIds.filter((alarmId) => drawn.has(alarmId))
}
