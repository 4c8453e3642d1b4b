/** Signing in and out over HTTP; the session itself is a cookie that scripts cannot read. */
import { REFUSALS, type Refusal } from './words/shape/session'
import type {
  LinkSignIn,
  PasswordAgain,
  Problem,
  ProblemSlug,
  SessionView,
  SignedOut,
  SignIn,
  SignInWays,
} from './wire'

export type Answer = { readonly session: SessionView } | { readonly problem: ProblemSlug | 'unreachable' }

export function signIn(credentials: SignIn): Promise<Answer> {
  return ask('/v1/session', 'POST', credentials)
}

export function signInByLink(token: string): Promise<Answer> {
  return ask('/v1/session/link', 'POST', { token } satisfies LinkSignIn)
}

/** Sign the person of this session in once more. */
export function signInAgain(password: string): Promise<Answer> {
  return ask('/v1/session/again', 'POST', { password } satisfies PasswordAgain)
}

/** Who is signed in already. */
export function whoIsIn(): Promise<Answer> {
  return ask('/v1/session', 'GET')
}

/** How people sign in here; what cannot be asked is taken for local accounts. */
export async function waysIn(): Promise<SignInWays> {
  const answer = await read<SignInWays>('/v1/session/ways', 'GET')
  return 'told' in answer ? answer.told : { local: true, provider: null }
}

/**
 * Sign out; returns where the provider ends its own session, if it does (null: nowhere), and `still-in` when
 * the gateway did not hear of it: then whoever reloads the page is in.
 */
export async function signOut(): Promise<string | null | 'still-in'> {
  const answer = await read<SignedOut>('/v1/session', 'DELETE')
  if ('told' in answer) return answer.told.continue_at
  return answer.problem === 'not-signed-in' ? null : 'still-in'
}

/** Where a browser sets out to the provider; `again` in another tab, for a screen that is open. */
export const BY_PROVIDER = '/v1/session/oidc'
export const AGAIN_BY_PROVIDER = `${BY_PROVIDER}?again=true`

/** How somebody came back from the provider. */
export interface Return {
  readonly again: boolean
  readonly refused: Refusal | null
}

/** Take how somebody came back out of the address; null: nobody did. */
export function takeReturn(location: Location, history: History): Return | null {
  const told = new URLSearchParams(location.hash.slice(1))
  if (!told.has('again') && !told.has('refused')) return null
  history.replaceState(null, '', location.pathname + location.search)
  const said = told.get('refused')
  const refused = REFUSALS.find((each) => each === said) ?? (said === null ? null : 'failed')
  return { again: told.has('again'), refused }
}

/** Whether an address says how somebody comes in: by a link, or back from the provider. */
export function leadsIn({ hash }: Pick<Location, 'hash'>): boolean {
  const told = new URLSearchParams(hash.slice(1))
  return ['link', 'again', 'refused'].some((word) => told.has(word))
}

/** Take a one-time token out of the address, so that neither history nor a screenshot keeps it. */
export function takeLinkToken(location: Location, history: History): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('link')
  if (token !== null) history.replaceState(null, '', location.pathname + location.search)
  return token
}

/** The last segment of a problem's type. */
export function slugOf(problem: Problem): ProblemSlug {
  return problem.type.split(':').at(-1) as ProblemSlug
}

async function ask(path: string, method: string, body?: object): Promise<Answer> {
  const answer = await read<SessionView>(path, method, body)
  return 'told' in answer ? { session: answer.told } : answer
}

async function read<Told>(
  path: string,
  method: string,
  body?: object,
): Promise<{ readonly told: Told } | { readonly problem: ProblemSlug | 'unreachable' }> {
  try {
    const response = await fetch(path, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    return response.ok ? { told: answer as Told } : { problem: slugOf(answer as Problem) }
  } catch {
    return { problem: 'unreachable' }
  }
}
