/** Act once what is in the document now has been drawn. */
export function afterPaint(act: () => void): void {
  // The first frame's callback runs before it is drawn, the second's after.
  requestAnimationFrame(() => requestAnimationFrame(act))
}

/**
 * Whether an alarm itself is drawn on a page that is in front. What draws one says so by `data-shows`: of
 * several unanswered ones the banner shows one, a wall display the first, and another view none but the banner's.
 */
export function isDrawn(alarmId: string): boolean {
  const drawn = [...document.querySelectorAll<HTMLElement>('[data-shows]')]
  return document.visibilityState === 'visible' && drawn.some(({ dataset }) => dataset['shows'] === alarmId)
}
