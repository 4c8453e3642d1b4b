import type { Words } from '../shape'
import { alarm } from './alarm'
import { breach } from './breach'
import { commands } from './commands'
import { desk } from './desk'
import { display } from './display'
import { facts } from './facts'
import { history } from './history'
import { map } from './map'
import { names } from './names'
import { provisional } from './provisional'
import { session } from './session'
import { sound } from './sound'
import { supervision } from './supervision'
import { tasks } from './tasks'
import { told } from './told'

export const words: Words = {
  ...names,
  ...desk,
  ...alarm,
  ...facts,
  breach,
  commands,
  map,
  sound,
  supervision,
  history,
  tasks,
  told,
  provisional,
  session,
  display,
}
