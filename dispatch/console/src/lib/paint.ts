/** Act once what is in the document now has been drawn. */
export function afterPaint(act: () => void): void {
  // The first frame's callback runs before it is drawn, the second's after.
  requestAnimationFrame(() => requestAnimationFrame(act))
}
