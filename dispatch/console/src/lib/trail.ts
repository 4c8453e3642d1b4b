/** An alarm's whole trail: its events are older than its first delivery, so the gateway is asked. */
import type { AlarmTrail } from './wire'

const ASK_AGAIN_MS = 1000
const TRIES = 5 // a delivery is stored within a second; a screen that cannot report is told no more

/** Tell `show` the trail, again until it says when the alarm was first on a screen; returns how to stop. */
export function followTrail(alarmId: string, show: (trail: AlarmTrail) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function ask(tries: number): Promise<void> {
    const trail = await fetched(alarmId)
    if (stopped) return
    if (trail) show(trail)
    if (trail?.trail.delivered_at || tries <= 1) return
    timer = setTimeout(() => void ask(tries - 1), ASK_AGAIN_MS)
  }

  void ask(TRIES)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

async function fetched(alarmId: string): Promise<AlarmTrail | null> {
  try {
    const response = await fetch(`/v1/alarms/${alarmId}/trail`)
    return response.ok ? ((await response.json()) as AlarmTrail) : null
  } catch {
    return null
  }
}
