/** What is fetched once the desk is there, and the pages of those who have none. */
import { Part } from '../lib/part.svelte'

export const parts = {
  allPositions: new Part(() => import('./map/AllPositions.svelte')),
  breach: new Part(() => import('./Breach.svelte')),
  beside: new Part(() => import('./Beside.svelte')),
  course: new Part(() => import('./Course.svelte')),
  commandForm: new Part(() => import('./commands/CommandForm.svelte')),
  handOver: new Part(() => import('./commands/HandOver.svelte')),
  unitRows: new Part(() => import('./commands/UnitRows.svelte')),
  ended: new Part(() => import('./commands/Ended.svelte')),
  keptCard: new Part(() => import('./provisional/KeptCard.svelte')),
  keptBar: new Part(() => import('./provisional/KeptBar.svelte')),
  seeHere: new Part(() => import('./provisional/SeeHere.svelte')),
  told: new Part(() => import('./told/Told.svelte')),
  notices: new Part(() => import('./Notices.svelte')),
  taskLists: new Part(() => import('./notices/TaskLists.svelte')),
  sessionBar: new Part(() => import('./session/SessionBar.svelte')),
  signInAgain: new Part(() => import('./session/SignInAgain.svelte')),
  supervision: new Part(() => import('./Supervision.svelte')),
  lookBack: new Part(() => import('./LookBack.svelte')),
  wall: new Part(() => import('./Wall.svelte')),
}

export const pages = {
  signIn: new Part(() => import('./SignIn.svelte')),
  casework: new Part(() => import('./casework/Casework.svelte')),
  noConsole: new Part(() => import('./session/NoConsole.svelte')),
  backFromProvider: new Part(() => import('./session/BackFromProvider.svelte')),
}

/** Fetch all parts of the desk. */
export function fetchParts(): void {
  for (const each of Object.values(parts)) void each.fetch()
}
