import type { SessionWords } from '../shape/session'

export const session: SessionWords = {
  title: 'Session',
  ending: (at) => `Your session ends at ${at}. You will go on seeing everything, but must sign in to act.`,
  ended: (at) => `Session ended at ${at}: you still see everything; sign in to act.`,
  blank: (at) => `At ${at} this screen goes blank.`,
  password: (name) => `Password of ${name}`,
  again: 'Sign in again',
  byLink: 'You came by a one-time link: ask for a new one and open it in this browser.',
  elsewhere: 'Sign in again in a new tab',
  somebodyElse: 'Somebody else',
  stillIn:
    'You are not signed out: the gateway does not answer. Sign out again before you leave this computer.',
  unsent: (commands) =>
    commands === 1
      ? 'Signed in. One command was refused and has not been sent: look at the alarm, then do it again.'
      : `Signed in. ${commands} commands were refused and have not been sent: look at the alarms, then do them again.`,
  understood: 'Understood',
  capsLock: 'Caps Lock is on.',
  byProvider: (provider) => `Sign in with ${provider ?? 'your police account'}`,
  orLocal: 'or with a local account',
  waiting: 'Finish signing in in the other tab. This screen stays as it is.',
  refusal: {
    denied: 'Signing in was refused or cancelled there. Nobody is signed in.',
    expired: 'Signing in took too long, or was done twice. Start again.',
    'not-allowed':
      'Your account gives no access to this console: it has no role or centre here, or was disabled. Ask your administrator.',
    'too-many': 'Too many people are signing in at once. Wait ten seconds and start again.',
    unreachable: 'The sign-in service cannot be reached now. Try again, or use another way if you have one.',
    failed:
      'What the sign-in service answered cannot be trusted. Nobody is signed in. Tell your administrator.',
  },
  retry: 'Try again',
  done: {
    here: 'Show the alarms here',
    title: 'You are signed in again',
    text: 'The screen with the alarms goes on by itself. You can close this tab.',
  },
  noConsole: {
    title: (name) => `Signed in as ${name}`,
    text: 'Your role does not attend alarms, so there is no alarm screen for you. What you can do:',
    noCentre:
      'No centre is yours yet, so there is nothing to show. Ask your administrator to add your centre.',
    role: {
      case_officer:
        'Case officer: files, test windows and whether a victim is protected. For now with the command msa registration and the programming interface (/v1/registrations, /v1/protections); there are no pages for it yet.',
      magistrate:
        'Magistrate: granting, extending and closing an alarm. There are no pages for it yet; your case team does it for you.',
      integrator:
        'Integrator: your programs speak to the programming interface (/openapi.json). There is no screen.',
      auditor:
        'Auditor: who did what and who looked at what. There are no pages for it yet; ask the administrator for an extract.',
      admin:
        'Administrator: accounts, devices and centres, with the command msa on the server (msa operator, msa device, msa doctor).',
      canary: 'Canary: this account watches the system itself. It is not for people.',
    },
  },
}
