/** The case teams' pages, each fetched when it is first gone to. */
import { Part } from '../../lib/part.svelte'
import type { CaseworkPage } from '../../lib/wire'

const files = new Part(() => import('./Files.svelte'))
const devices = new Part(() => import('./Devices.svelte'))
const hotspots = new Part(() => import('./Hotspots.svelte'))
const report = new Part(() => import('./Report.svelte'))
const statistics = new Part(() => import('./Statistics.svelte'))
const glass = new Part(() => import('./Glass.svelte'))
const audit = new Part(() => import('./Audit.svelte'))

export const pages = { files, devices, hotspots, report, statistics, glass, audit } satisfies Record<
  CaseworkPage,
  unknown
>
