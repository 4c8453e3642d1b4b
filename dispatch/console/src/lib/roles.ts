/** What each role sees on this screen. */
import type { View } from './console.svelte'
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
