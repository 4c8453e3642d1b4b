/** The words of: daily report. */
import type { PositionHealth, SendingState, TaskKind } from '../../../wire'

export interface ReportsWords {
  title: string
  /** Of which day, and of which team. */
  of: string
  day: string
  team: string
  previous: string
  next: string
  latest: string
  period: (from: string, until: string) => string
  unfinished: string
  quiet: string
  files: (count: number) => string
  alarms: (count: number) => string
  open: (count: number) => string
  tests: (count: number) => string
  waiting: (count: number) => string
  download: string
  alarmsTable: string
  alarmColumns: { at: string; file: string; outcome: string; answered: string; presses: string }
  noAlarms: string
  stillOpen: string
  unanswered: string
  seconds: (minutes: number, seconds: number) => string
  tasksTable: string
  taskColumns: { file: string; task: string; on: string }
  noTasks: string
  task: Record<TaskKind, string>
  now: string
  filesTable: string
  fileColumns: { file: string; state: string; time: string; battery: string; position: string; heard: string }
  noFiles: string
  notInstalled: string
  alsoSeen: (faults: string) => string
  buttonBattery: (percent: number) => string
  phoneBattery: (percent: number) => string
  position: Record<PositionHealth, string>
  mails: string
  mailColumns: { asked: string; by: string; state: string; recipients: string }
  noMails: string
  theSystem: string
  sending: Record<SendingState, string>
  resend: string
  resendText: string
  resent: string
}
