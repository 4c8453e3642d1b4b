/** The words of what is known about an alarm: its course, position, trail and devices. */
import type { TrackingState } from '../../wire'

export interface FactsWords {
  course: {
    title: string
    escalated: (level: number, whom: string, ago: string) => string
    noConsole: string
    lapsed: (count: number) => string
    reopened: (count: number) => string
    transferred: (from: string, ago: string) => string
    also: (centres: string) => string
    crossed: (to: string) => string
    tracking: Record<Extract<TrackingState, 'lost' | 'ended'>, string>
    moved: (distance: string) => string
    eta: (minutes: number) => string
    takenAway: string
  }
  position: {
    title: string
    none: string
    noneNote: string
    stale: string
    age: (age: string) => string
    within: (radius: string, confidence: string) => string
    radiusUnknown: string
    moving: (speed: string, towards: string | null) => string
    still: string
    simulated: string
    /** What the gateway found odd about a fix; a code that is not here is shown as it is. */
    odd: Record<string, string>
  }
  trail: {
    title: string
    leg: Record<Leg, string>
    pressedToPainted: string
    pressedToAcknowledged: string
    unknown: string
    overBudget: (budget: string) => string
    skew: (seconds: string) => string
  }
  button: {
    title: string
    button: string
    phone: string
    bonded: string
    unbonded: string
    battery: (percent: number) => string
    batteryLow: (percent: number) => string
    unknown: string
    pattern: string
  }
}

export type Leg = 'hearing' | 'sending' | 'network' | 'commit' | 'fanOut' | 'painting'
