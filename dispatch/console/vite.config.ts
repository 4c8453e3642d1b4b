import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: './',
  plugins: [svelte(), svelteTesting()],
  build: {
    target: 'es2022',
    license: { fileName: 'licences.md' }, // the texts of the bundled packages, shipped beside them
    assetsInlineLimit: 0, // the content security policy allows no data: address
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What the page begins with is one file, whatever else is shared with pages that come later.
        codeSplitting: { groups: [{ name: 'shell', tags: ['$initial'] }] },
      },
    },
  },
  test: {
    environment: 'jsdom',
    pool: 'vmThreads', // one jsdom a worker, a context of its own for each file: a third of the time
    testTimeout: 20_000, // a machine that is busy is no fault of the code
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
  },
})
