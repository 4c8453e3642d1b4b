import { expect, it } from 'vitest'
import { hasConsole, viewsOf } from './roles'
import type { Role } from './wire'

const EVERYBODY: readonly Role[] = [
  'operator',
  'supervisor',
  'case_officer',
  'magistrate',
  'integrator',
  'auditor',
  'admin',
  'canary',
]

function somebody(roles: Role[], centres: string[] = ['BE-VOV']) {
  return { operator_id: '', name: '', roles, centres }
}

it('has a console for operators and supervisors of a centre, and for nobody else', () => {
  expect(EVERYBODY.filter((role) => hasConsole(somebody([role])))).toEqual(['operator', 'supervisor'])
  expect(hasConsole(somebody(['admin', 'operator']))).toBe(true)
  expect(hasConsole(somebody(['operator'], []))).toBe(false)
})

it('shows supervision to supervisors alone', () => {
  expect(viewsOf(['operator'])).not.toContain('supervision')
  expect(viewsOf(['operator', 'supervisor'])).toContain('supervision')
})
