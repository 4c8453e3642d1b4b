// Writes src/lib/wire.ts from the models in schemas/ (through their JSON Schema); --check only compares.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile } from 'json-schema-to-typescript'

const target = fileURLToPath(new URL('../src/lib/wire.ts', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))

const schema = JSON.parse(
  execFileSync(process.env.MSA_PYTHON ?? 'python3', ['-m', 'schemas.export'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  }),
)
const written = await compile(schema, 'Wire', {
  additionalProperties: false,
  bannerComment: '// Generated from schemas/ by `npm run types`. Do not edit.',
  ignoreMinAndMaxItems: true,
  style: { semi: false, singleQuote: true, printWidth: 110 },
  unreachableDefinitions: true,
})

if (!process.argv.includes('--check')) {
  writeFileSync(target, written)
} else if (readFileSync(target, 'utf8') !== written) {
  console.error('src/lib/wire.ts differs from schemas/: run `npm run types` and commit what it writes')
  process.exitCode = 1
}
