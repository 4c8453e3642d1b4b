/** What is said for those who do not look, one sentence at a time; the words are in `news.ts`. */
import type { Asked } from './asking'
import type { Resumption } from './centre_board'
import { answerNews, catchingUpNews, eventNews, keptNews } from './news'
import { speech } from './speech.svelte'
import type { Return } from './watch.svelte'
import type { AlarmView, Event, UnitView } from './wire'
import type { Words } from './words'

/** One sentence: urgent for a new alarm, else when there is time. */
export interface News {
  readonly id: number
  readonly urgent: boolean
  readonly text: string
}

export class Teller {
  news = $state.raw<News | null>(null)
  #said = 0

  /** Say something if there is something to say, and say it again in another language once that is spoken. */
  say(inWords: (words: Words) => string | null, urgent = false): void {
    if (!inWords(speech.words)) return
    this.news = {
      id: ++this.#said,
      urgent,
      get text() {
        return inWords(speech.words) ?? ''
      },
    }
  }

  /** Say what is news of an event; `known` and `before` are the alarm on the board after and before it. */
  event(event: Event, known: AlarmView | undefined, before: AlarmView | undefined): void {
    const { alarm } = event
    if (!alarm || (known ? known !== alarm : !before)) return // a slower stream tells it again
    if (alarm.version <= (before?.version ?? 0)) return
    const news = (words: Words) => eventNews(event, alarm, before, words)
    this.say((words) => news(words)?.text ?? null, news(speech.words)?.urgent)
  }

  /** Say that a press is shown which is not stored yet. */
  kept(alarm: AlarmView): void {
    this.say((words) => keptNews(alarm, words), alarm.purpose === 'real')
  }

  /** Say what came of a command of this console. */
  answer(asked: Asked, alarm: AlarmView | undefined, units: readonly UnitView[]): void {
    this.say((words) => answerNews(asked, alarm, units, words))
  }

  /** Say how a centre caught up, and that the link is back if it has just come back. */
  caughtUp(centre: string, done: Resumption | null | undefined, returned: Return | null): void {
    this.say((words) => catchingUpNews(centre, done, returned, words))
  }

  forget(): void {
    this.news = null
  }
}
