import '@testing-library/svelte/vitest'
import { speech } from '../src/lib/speech.svelte'

await speech.speak('en')
