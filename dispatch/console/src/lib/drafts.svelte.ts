/** Half-typed input: it belongs to its alarm, lives in memory alone, and outlives a lost link. */
import { SvelteMap } from 'svelte/reactivity'

export type FormName = 'assign' | 'note' | 'transfer' | 'close' | 'reopen' | 'review'

/**
 * What was typed for each alarm, by form and field, and which form is open there.
 *
 * A draft is dropped once its command is done, and all of them when somebody else signs in.
 */
export class Drafts {
  #fields = new SvelteMap<string, string>()
  #open = new SvelteMap<string, FormName>()
  #requests = new SvelteMap<string, string>()
  #begun: string | null = null

  /** The form that is open for an alarm. */
  opened(alarmId: string): FormName | null {
    return this.#open.get(alarmId) ?? null
  }

  open(alarmId: string, form: FormName): void {
    this.#open.set(alarmId, form)
    this.#begun = named(alarmId, form)
  }

  /** Whether a form was just opened, so that it takes the focus; asked once. One that is shown again leaves it. */
  takesFocus(alarmId: string, form: FormName): boolean {
    const begun = this.#begun === named(alarmId, form)
    if (begun) this.#begun = null
    return begun
  }

  /** Put a form away; what was typed in it is kept. */
  shut(alarmId: string): void {
    this.#open.delete(alarmId)
  }

  read(alarmId: string, form: FormName, field: string): string {
    return this.#fields.get(named(alarmId, form, field)) ?? ''
  }

  write(alarmId: string, form: FormName, field: string, text: string): void {
    if (text === '') this.#fields.delete(named(alarmId, form, field))
    else this.#fields.set(named(alarmId, form, field), text)
  }

  /** The last request that a form made; null before it asked. */
  request(alarmId: string, form: FormName): string | null {
    return this.#requests.get(named(alarmId, form)) ?? null
  }

  asked(alarmId: string, form: FormName, requestId: string): void {
    this.#requests.set(named(alarmId, form), requestId)
  }

  /** The command with this request id is done: what was typed for it is used up, and its form goes. */
  done(requestId: string): void {
    for (const [name, asked] of [...this.#requests]) {
      const [alarmId, form] = name.split(' ') as [string, FormName]
      if (asked === requestId) this.#drop(alarmId, form)
    }
  }

  /** An alarm was closed: by what was asked here, else what was to be said with it can still be noted. */
  closed(alarmId: string, byThisOperator: boolean): void {
    if (byThisOperator && this.request(alarmId, 'close')) this.#drop(alarmId, 'close')
    const note = named(alarmId, 'note', 'note')
    for (const form of ['close', 'transfer'] as const) {
      const left = this.read(alarmId, form, 'note')
      if (left && !this.#fields.has(note)) this.#fields.set(note, left)
    }
    for (const form of ['assign', 'transfer', 'close'] as const) this.#drop(alarmId, form)
  }

  clear(): void {
    this.#fields.clear()
    this.#open.clear()
    this.#requests.clear()
  }

  #drop(alarmId: string, form: FormName): void {
    const start = `${named(alarmId, form)} `
    for (const name of [...this.#fields.keys()]) if (name.startsWith(start)) this.#fields.delete(name)
    this.#requests.delete(named(alarmId, form))
    if (this.#open.get(alarmId) === form) this.#open.delete(alarmId)
  }
}

function named(...parts: readonly string[]): string {
  return parts.join(' ')
}
