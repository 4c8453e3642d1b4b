import type { Snapshot } from '../../wire'
import type { DeskWords } from '../shape/desk'

export const desk: DeskWords = {
  signIn: {
    title: 'Sign in to dispatch',
    username: 'Name',
    password: 'Password',
    submit: 'Sign in',
    busy: 'Signing in …',
    byLink: 'Signing in with your link …',
    linkFailed: 'This sign-in link does not work: it was used before or is too old. Sign in with your name.',
  },
  link: {
    live: 'Live',
    connecting: 'Connecting …',
    lost: (asOf) => `Link lost. ${old(asOf)}`,
    silent: (asOf) => `Nothing heard from the gateway. ${old(asOf)}`,
    behind: (asOf) => `Catching up. ${old(asOf)}`,
    none: 'No picture yet.',
    asOf: (time) => (time === null ? 'No picture yet' : `As of ${time}`),
    latency: (ms) => `link ${ms} ms`,
    slow: (time) => `The link is slow: ${time} for an answer.`,
    restored: (time) => `Link restored after ${time}.`,
    retryIn: (seconds) => `Next try in ${seconds} s.`,
    retrying: 'Trying again …',
    ended: {
      4400: 'The gateway did not understand this console. Reload the page.',
      4401: 'Your session has ended.',
      4403: 'Your role or your centres give no access to these alarms.',
      4409: 'This console was opened elsewhere.',
    },
    useHere: 'Use it here',
    signInAgain: 'Sign in again',
    replayed: (centre, events) =>
      events === 1
        ? `${centre}: caught up, 1 event replayed.`
        : `${centre}: caught up, ${events} events replayed.`,
    snapshot: (centre, reason) => `${centre}: whole picture loaded (${SNAPSHOT_REASON[reason]}).`,
  },
  news: {
    raised: (purpose, name, centre) => `New: ${purpose}. ${name ?? 'Name unknown'}. ${centre}.`,
    pressedAgain: (name) => `${name ?? 'The victim'} pressed again.`,
    acknowledged: (name, by) => `${name ?? 'The alarm'}: acknowledged by ${by}.`,
    coerced: (name) => `Cancel under coercion: ${name ?? 'the victim'} gave her duress word.`,
  },
  keys: { acknowledge: 'Acknowledge', choose: 'Choose an alarm', signOut: 'Sign out' },
}

function old(asOf: string | null): string {
  return asOf === null ? 'There is no picture yet.' : `What you see is as of ${asOf}.`
}

const SNAPSHOT_REASON: Record<Snapshot['reason'], string> = {
  first_attach: 'first time on this screen',
  epoch_changed: 'the gateway’s log was replaced',
  expired: 'away too long for a replay',
  ahead_of_log: 'the gateway’s log went back',
  too_far_behind: 'too much had happened for a replay',
}
