import type { SoundWords } from '../shape/sound'

export const sound: SoundWords = {
  title: 'Ton',
  state: {
    unchecked: 'Ton nicht geprüft',
    ready: 'Ton an',
    sounding: 'Sirene',
    silenced: 'Stumm',
    blocked: 'KEIN TON',
  },
  fault: {
    blocked:
      'Der Browser sperrt den Ton: Klicken Sie irgendwohin oder drücken Sie eine Taste. Ihr Supervisor sieht das.',
    unavailable:
      'Dieser Browser kann keinen Ton ausgeben. Verwenden Sie einen anderen. Ihr Supervisor sieht das.',
    stuck:
      'Der Ton ist stehen geblieben: Laden Sie die Seite neu oder prüfen Sie den Lautsprecher. Ihr Supervisor sieht das.',
    missing:
      'Kein Lautsprecher und kein Headset: Schließen Sie eines an und prüfen Sie den Ton. Ihr Supervisor sieht das.',
    unheard:
      'Sie haben den Ton nicht gehört: Prüfen Sie Lautstärke und Lautsprecher und testen Sie erneut. Ihr Supervisor sieht das.',
  },
  silence: (seconds) => `${seconds} s stumm`,
  silentFor: (seconds) => `Noch ${seconds} s stumm`,
  due: 'Prüfen Sie, ob Sie die Sirene dieses Arbeitsplatzes hören.',
  check: 'Tonprobe',
  checkAgain: 'Erneut prüfen',
  asked: 'Haben Sie den Ton gehört?',
  heard: 'Ja, gehört',
  unheard: 'Nein',
  nowSilent: 'Die Sirene schweigt nur an diesem Arbeitsplatz. Ein neuer Alarm beendet das.',
  slept: (time) => `Dieser Bildschirm hat ${time} geschlafen: Was Sie sahen, war veraltet.`,
  held: (time) =>
    `Der Browser hat diesen Bildschirm ${time} angehalten, weil er verdeckt war: Was Sie sahen, war veraltet.`,
  notKeptAwake: 'Dieser Browser hält den Bildschirm nicht wach: Schalten Sie den Ruhezustand aus.',
  understood: 'Verstanden',
  waiting: (alarms) => (alarms === 1 ? '1 unbeantworteter Alarm' : `${alarms} unbeantwortete Alarme`),
}
