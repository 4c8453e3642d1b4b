/** What became of a command whose answer was lost, where the alarm itself shows it. */
import type { Command } from './asking'
import { serving } from './units'
import type { AlarmView, OperatorName } from './wire'

/** Whether `alarm` shows that this operator's command about it was done. */
export function isEvident(frame: Command, alarm: AlarmView, operatorId: string): boolean {
  const mine = (name: OperatorName | null) => name?.operator_id === operatorId
  if (!('alarm_id' in frame) || frame.alarm_id !== alarm.alarm_id) return false
  switch (frame.type) {
    case 'acknowledge':
      return mine(alarm.acknowledged_by)
    case 'assign':
      return serving(alarm).some((unit) => unit.unit_id === frame.unit_id && mine(unit.assigned_by))
    case 'unit_status':
      return alarm.units.some((unit) => unit.unit_id === frame.unit_id && unit.status === frame.status)
    case 'note':
      return alarm.notes.some((note) => mine(note.by) && note.text === frame.text.trim())
    case 'transfer':
      return alarm.centre === frame.to
    case 'close':
      return mine(alarm.closure?.by ?? null)
    case 'reopen':
      return alarm.state !== 'closed'
    case 'review':
      return mine(alarm.closure?.reviewed_by ?? null)
  }
}
