/** The words of what other systems say about an alarm: the 112 app's chat, medical fields, calls, her device. */
import type { ConditionKind } from '../../wire'

export interface ToldWords {
  /** What an operator has not looked at yet. */
  unread: (count: number) => string
  isNew: string
  unreadable: string
  again: string
  chat: { title: string; all: (count: number) => string; fewer: string; victim: string; centre: string }
  medical: { title: string; saidBy: (name: string, time: string) => string; earlier: string }
  calls: { title: string }
  device: { title: string; condition: Record<ConditionKind, string>; saidBy: (time: string) => string }
  news: {
    message: (name: string | null) => string
    medical: (name: string | null) => string
    call: (name: string | null) => string
  }
}
