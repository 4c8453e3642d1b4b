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
  #came: unknown = null
  #told = new Map<number, PositionFrame>()
  #skipped: ReturnType<typeof setTimeout> | undefined
  #refresh: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly who: PositionFrame['who'] = 'victim') {}

  /** Take what the screen knows of the selected alarm now; after a lost link the gap is fetched. */
  show(alarm: AlarmView | undefined, told: readonly PositionFrame[], linked: boolean): void {
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
    this.#came = null
    this.#told.clear()
  }

  #add(alarm: AlarmView, told: readonly PositionFrame[]): void {
    let fixes = this.fixes
    const number = this.who === 'offender' ? (alarm.breach?.number ?? 1) : 1
    const came = this.who === 'victim' ? alarm.positions : alarm.breach
    if (came !== this.#came) {
      this.#came = came
      // What was judged is kept a moment later, and with it the way he came.
      if (this.who === 'offender') this.#fetchSoon(alarm.alarm_id)
      fixes = merged(
        this.#withAlarm(alarm).map((position) => ({ position, flags: [], number })),
        fixes,
      )
    }
    for (const frame of told) {
      if (frame === this.#told.get(frame.number)) continue
      this.#told.set(frame.number, frame)
      const last = fixes.findLast((fix) => fix.number === frame.number)
      const sinceMs = last ? instant(frame.position) - instant(last.position) : Infinity
      if (sinceMs > SKIPPED_MS) this.#fetchSoon(alarm.alarm_id)
      fixes = merged(fixes, [frame])
    }
    this.fixes = fixes
  }

  /** What the alarm itself says of where who it is was. */
  #withAlarm({ positions, breach }: AlarmView): readonly Position[] {
    if (this.who === 'offender') return breach ? [breach.offender] : []
    // A perimeter that raised it knows the place it protects: that is no place where she was.
    return breach ? positions.filter(({ method }) => method !== 'recorded') : positions
  }

  #fetchSoon(alarmId: string): void {
    clearTimeout(this.#skipped)
    this.#skipped = this.#later(SKIPPED_WAIT_MS, alarmId)
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
        const track = await trackOf(alarmId, this.who, page, before)
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

async function trackOf(
  alarmId: string,
  who: PositionFrame['who'],
  limit: number,
  before: string | undefined,
): Promise<Track> {
  const asked = new URLSearchParams({
    limit: String(limit),
    ...(before ? { before } : {}),
    ...(who === 'victim' ? {} : { who }),
  })
  const answer = await fetch(`/v1/alarms/${alarmId}/track?${asked}`)
  if (!answer.ok) throw new Error(`the track answered ${answer.status}`)
  const track = (await answer.json()) as Track
  if (track.who !== who) throw new Error(`the track is of the ${track.who}`) // never draws hers as his
  return track
}

function instant({ fixed_at }: Position): number {
  return Date.parse(fixed_at)
}
