import type { SoundWords } from '../shape/sound'

export const sound: SoundWords = {
  title: 'Son',
  state: {
    unchecked: 'Son non vérifié',
    ready: 'Son actif',
    sounding: 'Sirène',
    silenced: 'Muet',
    blocked: 'PAS DE SON',
  },
  fault: {
    blocked:
      'Le navigateur bloque le son : cliquez n’importe où ou appuyez sur une touche. Votre superviseur en est informé.',
    unavailable:
      'Ce navigateur ne peut pas émettre de son. Utilisez-en un autre. Votre superviseur en est informé.',
    stuck:
      'Le son s’est arrêté : rechargez la page ou vérifiez le haut-parleur. Votre superviseur en est informé.',
    missing:
      'Aucun haut-parleur ni casque : branchez-en un, puis testez le son. Votre superviseur en est informé.',
    unheard:
      'Vous n’avez pas entendu le son : vérifiez le volume et le haut-parleur, puis recommencez. Votre superviseur en est informé.',
  },
  silence: (seconds) => `Muet ${seconds} s`,
  silentFor: (seconds) => `Encore muet ${seconds} s`,
  due: 'Vérifiez que vous entendez la sirène de ce poste.',
  check: 'Test du son',
  checkAgain: 'Tester à nouveau',
  asked: 'Avez-vous entendu le son ?',
  heard: 'Oui, entendu',
  unheard: 'Non',
  nowSilent: 'La sirène se tait sur ce poste uniquement. Une nouvelle alarme y met fin.',
  slept: (time) => `Cet écran a été en veille pendant ${time} : ce que vous voyiez était dépassé.`,
  held: (time) =>
    `Le navigateur a ralenti cet écran pendant ${time} parce qu’il était caché : ce que vous voyiez était dépassé.`,
  notKeptAwake: 'Ce navigateur n’empêche pas la mise en veille : désactivez-la sur ce poste.',
  understood: 'Compris',
  waiting: (alarms) => (alarms === 1 ? '1 alarme sans réponse' : `${alarms} alarmes sans réponse`),
}
