/** Every word of the screen, area by area: what a language must have. A missing one fails the type check. */
import type { NamesWords } from './names'
import type { DeskWords } from './desk'
import type { AlarmWords } from './alarm'
import type { FactsWords } from './facts'
import type { BreachWords } from './breach'
import type { CommandWords } from './commands'
import type { MapWords } from './map'
import type { SoundWords } from './sound'
import type { SupervisionWords } from './supervision'
import type { HistoryWords } from './history'
import type { TaskWords } from './tasks'
import type { ToldWords } from './told'
import type { ProvisionalWords } from './provisional'
import type { SessionWords } from './session'
import type { DisplayWords } from './display'

export type { Flag } from './names'
export type { Leg } from './facts'

export interface Words extends NamesWords, DeskWords, AlarmWords, FactsWords {
  breach: BreachWords
  commands: CommandWords
  map: MapWords
  sound: SoundWords
  supervision: SupervisionWords
  history: HistoryWords
  tasks: TaskWords
  told: ToldWords
  provisional: ProvisionalWords
  session: SessionWords
  display: DisplayWords
}
