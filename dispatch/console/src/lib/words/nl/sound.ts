import type { SoundWords } from '../shape/sound'

export const sound: SoundWords = {
  title: 'Geluid',
  state: {
    unchecked: 'Geluid niet getest',
    ready: 'Geluid aan',
    sounding: 'Sirene',
    silenced: 'Stil',
    blocked: 'GEEN GELUID',
  },
  fault: {
    blocked: 'De browser blokkeert het geluid: klik ergens of druk op een toets. Uw supervisor ziet dit.',
    unavailable: 'Deze browser kan geen geluid maken. Gebruik een andere. Uw supervisor ziet dit.',
    stuck:
      'Het geluid is gestopt: laad de pagina opnieuw of controleer de luidspreker. Uw supervisor ziet dit.',
    missing:
      'Geen luidspreker of hoofdtelefoon: sluit er een aan en test het geluid. Uw supervisor ziet dit.',
    unheard:
      'U hoorde de toon niet: controleer volume en luidspreker en test opnieuw. Uw supervisor ziet dit.',
  },
  silence: (seconds) => `${seconds} s stil`,
  silentFor: (seconds) => `Nog ${seconds} s stil`,
  due: 'Ga na of u de sirene van deze werkpost hoort.',
  check: 'Geluidstest',
  checkAgain: 'Opnieuw testen',
  asked: 'Hoorde u de toon?',
  heard: 'Ja, gehoord',
  unheard: 'Nee',
  nowSilent: 'De sirene zwijgt alleen op deze werkpost. Een nieuw alarm maakt daar een eind aan.',
  slept: (time) => `Dit scherm sliep ${time}: wat u zag, was oud.`,
  held: (time) => `De browser hield dit scherm ${time} tegen omdat het verborgen was: wat u zag, was oud.`,
  notKeptAwake: 'Deze browser houdt het scherm niet wakker: stel de werkpost in om nooit te slapen.',
  understood: 'Begrepen',
  waiting: (alarms) => (alarms === 1 ? '1 onbeantwoord alarm' : `${alarms} onbeantwoorde alarmen`),
}
