/** What the board holds of all its centres, as the screen shows it. */
import { inOrder, type Queue } from './alarms'
import type { Asked } from './asking'
import type { Cards, Waiting } from './provisional'
import type { Board } from './session'
import type { NoticeView, OperatorView, ProtectionView, UnitView } from './wire'

export interface Shown {
  readonly operator: OperatorView | null
  readonly queue: Queue
  /** Those of the queue that are not stored yet, by alarm id. */
  readonly kept: Cards['waiting']
  readonly commands: ReadonlyMap<string, Asked>
  readonly unpainted: readonly string[]
  readonly units: readonly UnitView[]
  readonly notices: readonly NoticeView[]
  /** Those that are not protected. */
  readonly protections: readonly ProtectionView[]
}

export const BLANK: Shown = {
  operator: null,
  queue: { raised: [], acknowledged: [], apart: [] },
  kept: new Map<string, Waiting>(),
  commands: new Map(),
  unpainted: [],
  units: [],
  notices: [],
  protections: [],
}

export function shown(board: Board, kept: Cards): Shown {
  const centres = [...board.centres.values()]
  return {
    operator: board.operator,
    queue: inOrder([...board.openAlarms(), ...kept.alarms]),
    kept: kept.waiting,
    commands: new Map(board.commands),
    unpainted: [...board.unpainted.keys()],
    units: centres.flatMap(({ units }) => [...units.values()]),
    notices: centres.flatMap(({ notices }) => [...notices.values()]),
    protections: centres.flatMap(({ protections }) => [...protections.values()]),
  }
}
