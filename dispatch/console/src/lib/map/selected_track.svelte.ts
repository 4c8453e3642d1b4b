/** The selected alarm's fixes: fetched once, gone on with by what the gateway tells; forgotten with the choice. */
import type { AlarmView, Position, PositionFrame, Track } from '../wire'
import { merged, type Fix } from './track'

const PAGE = 2000 // fixes of one answer, the most there are
const PAGES = 4 // two hours at one a second
const AGAIN_MS = 5_000
const REFRESH_MS = 15_000 // late fixes come in between earlier ones, of which a console is not told
const SKIPPED_MS = 5_000 // so far after the last one, others came that a console is not told: only the newest is
const SKIPPED_WAIT_MS = 500
const SKIPPED_PAGE = 300 // one batch of a phone that was out of reach

export class SelectedTrack {
  /** In time order. */
  fixes = $state.raw<readonly Fix[]>([])
  failed = $state(false)
  #alarmId: string | null = null
  #linked = false
  #pressed: readonly Position[] = []
  #told: PositionFrame | undefined
  #skipped: ReturnType<typeof setTimeout> | undefined
  #refresh: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  /** Take what the screen knows of the selected alarm now; after a lost link the gap is fetched. */
  show(alarm: AlarmView | undefined, told: PositionFrame | undefined, linked: boolean): void {
    const fresh = (alarm?.alarm_id ?? null) !== this.#alarmId
    if (fresh) this.forget()
    if (alarm) {
      this.#alarmId = alarm.alarm_id
      this.#add(alarm, told)
      if (linked && (fresh || !this.#linked)) void this.#fetch(alarm.alarm_id)
    }
    this.#linked = linked
  }

  forget(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#skipped)
    clearTimeout(this.#refresh)
    this.fixes = []
    this.failed = false
    this.#alarmId = null
    this.#pressed = []
    this.#told = undefined
  }

  #add(alarm: AlarmView, told: PositionFrame | undefined): void {
    let fixes = this.fixes
    if (alarm.positions !== this.#pressed) {
      this.#pressed = alarm.positions
      fixes = merged(
        alarm.positions.map((position) => ({ position, flags: [] })),
        fixes,
      )
    }
    if (told && told !== this.#told) {
      this.#told = told
      const last = fixes.at(-1)
      const sinceMs = last ? instant(told.position) - instant(last.position) : Infinity
      if (sinceMs > SKIPPED_MS) {
        clearTimeout(this.#skipped)
        this.#skipped = this.#later(SKIPPED_WAIT_MS, alarm.alarm_id)
      }
      fixes = merged(fixes, [{ position: told.position, flags: told.flags }])
    }
    this.fixes = fixes
  }

  /** Fetch the newest, once for all that come in the meantime. */
  #later(waitMs: number, alarmId: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => void this.#fetch(alarmId, SKIPPED_PAGE, 1), waitMs)
  }

  async #fetch(alarmId: string, page = PAGE, pages = PAGES): Promise<void> {
    clearTimeout(this.#retry)
    let before: string | undefined
    try {
      for (let read = 0; read < pages; read += 1) {
        const track = await trackOf(alarmId, page, before)
        if (this.#alarmId !== alarmId) return
        this.fixes = merged(this.fixes, track.fixes)
        this.failed = false
        before = track.fixes[0]?.position.fixed_at
        if (!track.more || before === undefined) break
      }
      clearTimeout(this.#refresh)
      this.#refresh = this.#later(REFRESH_MS, alarmId)
    } catch {
      if (this.#alarmId !== alarmId) return
      this.failed = true
      this.#retry = setTimeout(() => void this.#fetch(alarmId, page, pages), AGAIN_MS)
    }
  }
}

async function trackOf(alarmId: string, limit: number, before: string | undefined): Promise<Track> {
  const asked = new URLSearchParams({ limit: String(limit), ...(before ? { before } : {}) })
  const answer = await fetch(`/v1/alarms/${alarmId}/track?${asked}`)
  if (!answer.ok) throw new Error(`the track answered ${answer.status}`)
  return (await answer.json()) as Track
}

function instant({ fixed_at }: Position): number {
  return Date.parse(fixed_at)
}
