import { configure } from '@testing-library/svelte'
import '@testing-library/svelte/vitest'
import { speech } from '../src/lib/speech.svelte'

configure({ asyncUtilTimeout: 10_000 }) // a machine that is busy is no fault of the code

await speech.speak('en')

// jsdom has no media queries, and dialogs that nothing opens.
window.matchMedia ??= (media) => Object.assign(new EventTarget(), { media, matches: false }) as MediaQueryList
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true
}
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false
  this.dispatchEvent(new Event('close'))
}
