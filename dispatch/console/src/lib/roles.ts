/** What each role sees on this screen. */
import type { View } from './console.svelte'
import { placeAt } from './casework/place'
import type { OperatorView, Role } from './wire'

const OF_EVERY_ATTENDANT: readonly View[] = ['alarms', 'history', 'wall']
const OF_SUPERVISORS: readonly View[] = ['alarms', 'supervision', 'history', 'wall']

/** Whether somebody of these roles has alarms to look at. */
export function attends(roles: readonly Role[]): boolean {
  return roles.includes('operator') || roles.includes('supervisor')
}

/** Whether there is a console for her at all. */
export function hasConsole({ roles, centres }: OperatorView): boolean {
  return attends(roles) && centres.length > 0
}

/** The views that somebody of these roles may choose from. */
export function viewsOf(roles: readonly Role[]): readonly View[] {
  return roles.includes('supervisor') ? OF_SUPERVISORS : OF_EVERY_ATTENDANT
}

const CASEWORK: readonly Role[] = ['case_officer', 'magistrate', 'supervisor', 'auditor', 'admin']

/** Whether somebody of these roles has pages of the case teams. */
export function hasCasework(roles: readonly Role[]): boolean {
  return roles.some((role) => CASEWORK.includes(role))
}

/** Whether those pages are shown: where the address asks for one, and to whom there is no console. */
export function wantsCasework(operator: OperatorView, location: Pick<Location, 'hash'>): boolean {
  return hasCasework(operator.roles) && (placeAt(location) !== null || !hasConsole(operator))
}
