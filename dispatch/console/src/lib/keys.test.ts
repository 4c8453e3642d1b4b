import { describe, expect, it } from 'vitest'
import { keyNamed, KEYS, printed, shortcut } from './keys'

/** What Chrome, Edge or Firefox do themselves when the page is busy or does not have the focus. */
const THE_BROWSERS = ['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12']

const pressed = (key: string, held: KeyboardEventInit = {}) =>
  keyNamed(new KeyboardEvent('keydown', { key, ...held }))

describe('the keys', () => {
  it('are none of the browser’s, and each means one thing', () => {
    const keys = Object.values(KEYS).map(({ key, shift }) => `${key} ${shift}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { key } of Object.values(KEYS)) expect(THE_BROWSERS).not.toContain(key)
  })

  it('are told apart by Shift, and are the browser’s with any other', () => {
    expect(pressed('F4')).toBe('assign')
    expect(pressed('F4', { shiftKey: true })).toBe('status')
    expect(pressed('F4', { altKey: true })).toBeNull()
    expect(pressed('F4', { ctrlKey: true })).toBeNull()
  })

  it('act once while held down, and not while text is composed', () => {
    expect(pressed('F2', { repeat: true })).toBeNull()
    expect(pressed('F2', { isComposing: true })).toBeNull()
  })

  it('are named for the eye and for a screen reader', () => {
    expect([printed('transfer'), shortcut('transfer')]).toEqual(['Shift F9', 'Shift+F9'])
    expect([printed('acknowledge'), shortcut('acknowledge')]).toEqual(['F2', 'F2'])
  })
})
