import type { SoundWords } from '../shape/sound'

export const sound: SoundWords = {
  title: 'Sound',
  state: {
    unchecked: 'Sound not checked',
    ready: 'Sound on',
    sounding: 'Siren',
    silenced: 'Silent',
    blocked: 'NO SOUND',
  },
  fault: {
    blocked: 'The browser blocks the sound: click anywhere or press a key. Your supervisor is told.',
    unavailable: 'This browser cannot make sound. Use another one. Your supervisor is told.',
    stuck: 'The sound has stopped: reload the page, or check the loudspeaker. Your supervisor is told.',
    missing: 'No loudspeaker or headset: connect one, then check the sound. Your supervisor is told.',
    unheard:
      'You did not hear the tone: check the volume and the loudspeaker, then check again. Your supervisor is told.',
  },
  silence: (seconds) => `Silence for ${seconds} s`,
  silentFor: (seconds) => `Silent for ${seconds} s more`,
  due: 'Check that you hear this workstation’s siren.',
  check: 'Sound check',
  checkAgain: 'Check again',
  asked: 'Did you hear the tone?',
  heard: 'Yes, heard',
  unheard: 'No',
  nowSilent: 'The siren is silent on this workstation only. A new alarm ends that.',
  slept: (time) => `This screen slept for ${time}: what you saw was old.`,
  held: (time) => `The browser held this screen back for ${time} while it was hidden: what you saw was old.`,
  notKeptAwake: 'This browser does not keep the screen awake: set the workstation never to sleep.',
  understood: 'Understood',
  waiting: (alarms) => (alarms === 1 ? '1 unanswered alarm' : `${alarms} unanswered alarms`),
}
