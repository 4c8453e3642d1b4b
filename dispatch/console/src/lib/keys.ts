/**
 * The keys of the console: function keys that no browser takes for itself, printed on what they do.
 *
 * F1, F3, F5, F6, F7 (caret browsing), F10, F11 and F12 mean something to Chrome, Edge or Firefox, and a
 * browser whose page is busy acts on them itself; Shift+F2 and Shift+F3 mean something to a Citrix client,
 * and Ctrl+Alt is AltGr here. What is left is F2, F4, F8 and F9, alone or with Shift.
 */
interface Key {
  readonly key: `F${number}`
  readonly shift: boolean
}

export const KEYS = {
  acknowledge: { key: 'F2', shift: false },
  assign: { key: 'F4', shift: false },
  status: { key: 'F4', shift: true },
  note: { key: 'F8', shift: false },
  close: { key: 'F9', shift: false },
  transfer: { key: 'F9', shift: true },
  follow: { key: 'F8', shift: true },
} as const satisfies Record<string, Key>

export type KeyName = keyof typeof KEYS

/** What a key press means here; null for one that is the browser's, repeats itself, or writes text. */
export function keyNamed(event: KeyboardEvent): KeyName | null {
  if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return null
  const names = Object.keys(KEYS) as KeyName[]
  return names.find((name) => KEYS[name].key === event.key && KEYS[name].shift === event.shiftKey) ?? null
}

/** A key as it is printed on its button. */
export function printed(name: KeyName): string {
  return KEYS[name].shift ? `Shift ${KEYS[name].key}` : KEYS[name].key
}

/** A key as `aria-keyshortcuts` names it. */
export function shortcut(name: KeyName): string {
  return KEYS[name].shift ? `Shift+${KEYS[name].key}` : KEYS[name].key
}
