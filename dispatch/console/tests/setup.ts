import '@testing-library/svelte/vitest'
import { speech } from '../src/lib/speech.svelte'

await speech.speak('en')

// jsdom has no media queries.
window.matchMedia ??= (media) => Object.assign(new EventTarget(), { media, matches: false }) as MediaQueryList
