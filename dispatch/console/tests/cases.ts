/** Reads the JSON cases shared with the Python tests (see `tests/cases/README.md` at the project's root). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../src/lib/asking'
import type { AlarmView, ServerFrame } from '../src/lib/wire'

export type Json = Record<string, unknown>

export interface Step {
  at: number
  frame?: Json
  disconnected?: boolean
  tick?: boolean
  acknowledge?: { alarm: string; request: string }
  ask?: Json
  painted?: { alarm: string; painted_at: string }
  sends?: unknown[]
  applies?: number
  holds?: Json
}

export interface Case {
  name: string
  says: string
  steps: Step[]
}

/** One kind of event: what a centre had before it, what it carries, and whether that is shown after it. */
export interface Kind {
  kind: string
  says: string
  before: Json
  event: Json
  shown: boolean
}

const folder = join(import.meta.dirname, '../../../tests/cases')
/** What an event may be about; a snapshot has a list of each. */
export const THINGS = ['alarm', 'unit', 'notice', 'protection'] as const
const FRAMES = read('frames.json') as Record<string, Json>

export const kinds = read('kinds.json') as Kind[]

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'))
}

export function caseFiles(name: string): Case[] {
  return readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file, ...(read(`${name}/${file}`) as Omit<Case, 'name'>) }))
}

export function longId(short: string): string {
  return `00000000-0000-7000-8000-0000000000${short}`
}

export function shortId(id: string): string {
  return id.slice(-2)
}

/** Write out ids and cursors wherever they stand. */
export function expanded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expanded)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expanded(each)]))
  if (typeof value !== 'string') return value
  if (/^[a-d]\d$/.test(value)) return longId(value)
  const cursor = /^(e\d+):(\d+)$/.exec(value)
  return cursor ? { epoch: cursor[1], sequence: Number(cursor[2]) } : value
}

/** The sample alarm, changed by `given`. */
export function anAlarm(given: Partial<AlarmView> = {}): AlarmView {
  return wholeThing('alarm', given as Json) as unknown as AlarmView
}

/** A command from a case, which leaves nothing out. */
export function aCommand(given: Json): Command {
  return expanded(given) as Command
}

/** A frame from a case: what it leaves out is taken from `frames.json`. */
export function aFrame(given: Json): ServerFrame {
  const frame: Json = { ...FRAMES[given['type'] as string], ...given }
  if (frame['type'] === 'event') Object.assign(frame, theThing(frame))
  if (frame['position'])
    frame['position'] = { ...(FRAMES['position']!['position'] as Json), ...(frame['position'] as Json) }
  for (const thing of THINGS) {
    if (frame[thing]) frame[thing] = wholeThing(thing, frame[thing] as Json)
    if (frame[`${thing}s`])
      frame[`${thing}s`] = (frame[`${thing}s`] as Json[]).map((each) => wholeThing(thing, each))
  }
  return expanded(frame) as ServerFrame
}

/** An event carries one thing, an alarm if nothing is said, and the others as null. */
function theThing(event: Json): Json {
  const rest = Object.fromEntries(THINGS.map((thing) => [thing, event[thing] ?? null]))
  return Object.values(rest).some((thing) => thing !== null) ? rest : { ...rest, alarm: {} }
}

/** A thing with what `given` leaves out taken from `frames.json`. */
export function wholeThing(name: string, given: Json): Json {
  return expanded({ ...FRAMES[name], ...given }) as Json
}
