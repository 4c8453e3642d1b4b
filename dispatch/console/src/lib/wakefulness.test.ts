import { describe, expect, it, vi } from 'vitest'
import { AWAKE, looked, SAID_FOR_S, type Wakefulness } from './wakefulness'
import { WakefulnessLock } from './wakefulness_lock'

function looks(...all: (readonly [at: number, visible: boolean])[]): Wakefulness {
  return all.reduce((state, [at, visible]) => looked(state, at, visible), AWAKE)
}

describe('a screen', () => {
  it('that ticks was awake, also when the browser slows a hidden tab to a tick a second', () => {
    const ticks = Array.from({ length: 600 }, (_, second) => [second, second < 300] as const)
    expect(looks(...ticks).lull).toBeNull()
  })

  it('that stood still for minutes slept', () => {
    expect(looks([0, true], [0.5, true], [240.5, true]).lull).toEqual({
      kind: 'slept',
      seconds: 240,
      until: 240.5,
    })
  })

  it('that stood still while it was hidden was held back', () => {
    expect(looks([0, false], [60, false]).lull).toMatchObject({ kind: 'held', seconds: 60 })
  })

  it('says so for five minutes', () => {
    const slept = looks([0, true], [240, true])
    const later = Array.from({ length: SAID_FOR_S * 2 + 4 }, (_, tick) => 240 + tick / 2)
    expect(looked(slept, 245, true).lull).not.toBeNull()
    expect(later.reduce((state, at) => looked(state, at, true), slept).lull).toBeNull()
  })

  it('whose clock was set back did not sleep', () => {
    expect(looks([1000, true], [400, true], [400.5, true]).lull).toBeNull()
  })
})

describe('the lock that keeps the screen awake', () => {
  function aLock(request: () => Promise<EventTarget>) {
    const page = { visibilityState: 'visible' }
    const changed = vi.fn()
    const lock = new WakefulnessLock(page as Document, { request } as unknown as WakeLock, changed)
    return { lock, page, changed }
  }

  it('is asked for again after the page was hidden', async () => {
    const sentinels: EventTarget[] = []
    const { lock, page } = aLock(async () => {
      sentinels.push(new EventTarget())
      return sentinels.at(-1)!
    })
    await lock.hold()
    await lock.hold()
    expect([lock.state, sentinels.length]).toEqual(['held', 1])
    page.visibilityState = 'hidden'
    sentinels[0]!.dispatchEvent(new Event('release'))
    await lock.hold()
    expect([lock.state, sentinels.length]).toEqual(['not_yet', 1])
    page.visibilityState = 'visible'
    await lock.hold()
    expect([lock.state, sentinels.length]).toEqual(['held', 2])
  })

  it('says when it is refused, or not to be had', async () => {
    const { lock, changed } = aLock(() => Promise.reject(new Error('battery')))
    await lock.hold()
    expect(lock.state).toBe('refused')
    expect(changed).toHaveBeenCalledOnce()
    const none = new WakefulnessLock(document, undefined, changed)
    await none.hold()
    expect(none.state).toBe('unavailable')
  })
})
