import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'
import { expect, it } from 'vitest'
import definition from '@asyncapi/specs/schemas/3.0.0-without-$id.json'

it('the AsyncAPI document is valid AsyncAPI 3', () => {
  const document = execFileSync(process.env['MSA_PYTHON'] ?? 'python3', ['-m', 'schemas.asyncapi'], {
    cwd: join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
  })
  const validator = new Ajv({ strict: false, allErrors: true })
  addFormats(validator)
  const validate = validator.compile(definition)
  validate(JSON.parse(document))
  expect(validate.errors).toBeNull()
})
