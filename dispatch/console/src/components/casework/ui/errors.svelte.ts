/** What a form was refused for, for the fields in it: each shows what is wrong with itself. */
import { createContext } from 'svelte'
import type { FieldError } from '../../../lib/wire'

export class FormErrors {
  #errors = $state.raw<readonly FieldError[]>([])
  readonly #names = new Set<string>()

  set(errors: readonly FieldError[]): void {
    this.#errors = errors
  }

  /** A field says that it is there; call what is returned when it goes. */
  adopt(name: string): () => void {
    this.#names.add(name)
    return () => this.#names.delete(name)
  }

  /** What is wrong with a field, or with something within it (`phones` has what is said of `phones.0`). */
  of(name: string): FieldError | null {
    return this.#errors.find(({ field }) => isWithin(field, name)) ?? null
  }

  /** What no field of the form shows. */
  get elsewhere(): readonly FieldError[] {
    return this.#errors.filter(({ field }) => ![...this.#names].some((name) => isWithin(field, name)))
  }
}

function isWithin(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`)
}

const [get, set] = createContext<FormErrors>()

export const giveFormErrors = set

/** Those of the form around; null outside of one. */
export function formErrors(): FormErrors | null {
  try {
    return get()
  } catch {
    return null
  }
}
