/** A desk on a gateway that the test plays: one screen, its operator's keys, what it sends. */
import { render, screen, within } from '@testing-library/svelte'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { flushSync } from 'svelte'
import { vi } from 'vitest'
import '../src/components/commands/CommandForm.svelte' // which the desk fetches when it is first needed
import '../src/components/commands/Ended.svelte'
import Desk from '../src/components/Desk.svelte'
import type { Command } from '../src/lib/asking'
import { Console } from '../src/lib/console.svelte'
import { longId, type Json } from './cases'
import { FakeWorld } from './world'

export const OPERATOR = '00000000-0000-4000-8000-0000000000f1' // of frames.json: another would begin anew
export const STALE = 'urn:msa:problem:stale-version'

export class TestDesk {
  readonly world = new FakeWorld()
  readonly desk = new Console('ws://gateway', this.world, longId('c0'))
  readonly user: UserEvent = userEvent.setup()
  #sequence = 0

  /** Sign in and catch up with what a centre has. */
  static opened(snapshot: Json = {}, operator: Json | null = null): TestDesk {
    const told = new TestDesk()
    told.desk.open()
    render(Desk, { desk: told.desk, onleave: vi.fn() })
    told.says({ type: 'welcome', ...(operator && { operator: { ...ONE, ...operator } }) })
    told.says({ type: 'snapshot', cursor: 'e1:0', ...snapshot })
    told.says({ type: 'caught_up', cursor: 'e1:0' })
    return told
  }

  says(frame: Json): void {
    this.world.socket.says(frame)
    flushSync()
  }

  /** The next event of the centre's stream. */
  happens(kind: string, alarm: Json): void {
    this.#sequence += 1
    this.says({ type: 'event', cursor: `e1:${this.#sequence}`, kind, alarm })
  }

  passes(seconds: number): void {
    this.world.passes(seconds)
    flushSync()
  }

  /** Let time pass on a link that lives. */
  lives(seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 2) {
      this.passes(Math.min(2, seconds - passed))
      const server_time = new Date(this.desk.now).toISOString()
      this.says({ type: 'heartbeat', server_time, heads: {} })
    }
  }

  /** The link breaks; `returns` brings it back with nothing missed. */
  breaks(): void {
    this.world.socket.drops()
    flushSync()
  }

  returns(operator: Json | null = null): void {
    this.says({ type: 'welcome', ...(operator && { operator: { ...ONE, ...operator } }) })
    this.says({ type: 'caught_up', cursor: `e1:${this.#sequence}` })
  }

  /** The commands of a kind that went out on every link. */
  sent<Type extends Command['type']>(type: Type): Extract<Command, { type: Type }>[] {
    const frames = this.world.sockets.flatMap(({ sent }) => sent)
    return frames.filter((frame): frame is Extract<Command, { type: Type }> => frame.type === type)
  }

  /** Answer the last command of a kind. */
  answers(type: Command['type'], answer: Json = { type: 'result' }): void {
    this.says({ ...answer, request_id: this.sent(type).at(-1)!.request_id })
  }

  refuses(type: Command['type'], slug: string): void {
    const problem = { type: `urn:msa:problem:${slug}`, title: slug, status: 409, detail: null }
    this.answers(type, { type: 'refused', problem: { ...problem, instance: null, errors: [] } })
  }

  /** The form that is open, by its title. */
  form(name: string): HTMLElement {
    return screen.getByRole('form', { name })
  }

  button(name: RegExp | string): HTMLElement {
    return screen.getByRole('button', { name })
  }

  row(name: RegExp): HTMLElement {
    return within(screen.getByRole('region', { name: 'Open alarms' })).getByRole('button', { name })
  }

  field(name: RegExp | string): HTMLElement {
    return screen.getByRole('textbox', { name })
  }
}

const ONE = { operator_id: OPERATOR, name: 'Operator One', roles: ['operator'], centres: ['BE-VOV'] }

/** Somebody who acts. */
export function by(name = 'Operator One', id: string = OPERATOR): Json {
  return { operator_id: id, name, centre: 'BE-VOV' }
}

/** An alarm of a victim by this name, which Operator One has. */
export function held(short: string, name: string, fields: Json = {}): Json {
  const victim = { name, born_on: null, languages: [], phone: null, addresses: [], photo: null }
  return {
    alarm_id: short,
    person: { victim, offender: null, safe_word: null },
    state: 'acknowledged',
    version: 2,
    acknowledged_by: by(),
    acknowledged_at: '2026-03-02T10:00:05Z',
    ...fields,
  }
}

/** A unit as an alarm has it. */
export function sentUnit(fields: Json = {}): Json {
  return {
    unit_id: 'd1',
    centre: 'BE-VOV',
    name: 'ALPHA 1',
    status: 'dispatched',
    assigned_at: '2026-03-02T10:00:00Z',
    assigned_by: by(),
    status_at: '2026-03-02T10:00:00Z',
    eta_s: null,
    taken_away: false,
    ...fields,
  }
}
