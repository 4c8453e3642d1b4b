/** Reads the JSON cases shared with the Python tests (see `tests/cases/README.md` at the project's root). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AlarmView, ServerFrame } from '../src/lib/wire'

type Json = Record<string, unknown>

export interface Step {
  at: number
  frame?: Json
  disconnected?: boolean
  tick?: boolean
  acknowledge?: { alarm: string; request: string }
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

const folder = join(import.meta.dirname, '../../../tests/cases')
const FRAMES = read('frames.json') as Record<string, Json>

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
  if (/^[abc]\d$/.test(value)) return longId(value)
  const cursor = /^(e\d+):(\d+)$/.exec(value)
  return cursor ? { epoch: cursor[1], sequence: Number(cursor[2]) } : value
}

/** The sample alarm, changed by `given`. */
export function anAlarm(given: Partial<AlarmView> = {}): AlarmView {
  return expanded({ ...FRAMES['alarm'], ...given }) as AlarmView
}

/** A frame from a case: what it leaves out is taken from `frames.json`. */
export function aFrame(given: Json): ServerFrame {
  const whole: Json = { ...FRAMES[given['type'] as string], ...given }
  if (whole['alarm']) whole['alarm'] = anAlarm(whole['alarm'] as Partial<AlarmView>)
  if (whole['alarms']) whole['alarms'] = (whole['alarms'] as Partial<AlarmView>[]).map(anAlarm)
  return expanded(whole) as ServerFrame
}
