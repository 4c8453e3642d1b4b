import type { CaseworkWords } from '../shape'
import { frame } from './frame'
import { files } from './files'
import { circumstances } from './circumstances'
import { devices } from './devices'
import { protection } from './protection'
import { reports } from './reports'
import { statistics } from './statistics'
import { access } from './access'
import { keeping } from './keeping'
import { hotspots } from './hotspots'
import { perimeters } from './perimeters'

export const words: CaseworkWords = {
  frame,
  files,
  circumstances,
  devices,
  protection,
  reports,
  statistics,
  access,
  keeping,
  hotspots,
  perimeters,
}
