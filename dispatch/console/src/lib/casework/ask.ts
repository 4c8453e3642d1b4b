/** What the case teams' pages ask of the gateway. */
import { slugOf } from '../sign_in'
import type { FieldError, Problem, ProblemSlug } from '../wire'

export interface Refused {
  readonly problem: ProblemSlug | 'unreachable'
  /** What the gateway says of this very case, in English: a code or a name, nothing personal. */
  readonly detail: string | null
  readonly errors: readonly FieldError[]
}

export type Answered<Told> = { readonly told: Told } | { readonly refused: Refused }

const UNREACHABLE: Refused = { problem: 'unreachable', detail: null, errors: [] }

/** Ask; a refusal says why, and what cannot be reached changed nothing that is known of. */
export async function ask<Told>(
  path: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' = 'GET',
  body?: object,
): Promise<Answered<Told>> {
  try {
    const response = await fetch(path, {
      method,
      ...(body && sent(body)),
    })
    if (response.status === 204) return { told: undefined as Told }
    const answer: unknown = await response.json()
    return response.ok ? { told: answer as Told } : { refused: refusalOf(answer as Problem) }
  } catch {
    return { refused: UNREACHABLE }
  }
}

/** A file as it is, anything else as JSON. */
function sent(body: object): Pick<RequestInit, 'headers' | 'body'> {
  if (body instanceof Blob) return { body }
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

function refusalOf(problem: Problem): Refused {
  return { problem: slugOf(problem), detail: problem.detail ?? null, errors: problem.errors ?? [] }
}
