/** Every word of the case teams' pages, area by area: what a language must have. */
import type { FrameWords } from './frame'
import type { FilesWords } from './files'
import type { CircumstancesWords } from './circumstances'
import type { DevicesWords } from './devices'
import type { ProtectionWords } from './protection'
import type { ReportsWords } from './reports'
import type { StatisticsWords } from './statistics'
import type { AccessWords } from './access'
import type { KeepingWords } from './keeping'
import type { HotspotsWords } from './hotspots'
import type { PerimetersWords } from './perimeters'

export interface CaseworkWords {
  frame: FrameWords
  files: FilesWords
  circumstances: CircumstancesWords
  devices: DevicesWords
  protection: ProtectionWords
  reports: ReportsWords
  statistics: StatisticsWords
  access: AccessWords
  keeping: KeepingWords
  hotspots: HotspotsWords
  perimeters: PerimetersWords
}
