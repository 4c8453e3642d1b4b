/** Signing in and out over HTTP; the session itself is a cookie that scripts cannot read. */
import type { LinkSignIn, PasswordAgain, Problem, ProblemSlug, SessionView, SignIn } from './wire'

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

export async function signOut(): Promise<void> {
  await fetch('/v1/session', { method: 'DELETE' }).catch(() => undefined)
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
  try {
    const response = await fetch(path, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    return response.ok ? { session: answer as SessionView } : { problem: slugOf(answer as Problem) }
  } catch {
    return { problem: 'unreachable' }
  }
}
