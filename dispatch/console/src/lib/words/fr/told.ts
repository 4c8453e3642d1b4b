import type { ToldWords } from '../shape/told'

export const told: ToldWords = {
  unread: (count) => (count === 1 ? '1 nouveau message' : `${count} nouveaux messages`),
  isNew: 'nouveau',
  unreadable: 'Ce que d’autres systèmes ont signalé ne peut être lu pour l’instant.',
  again: 'Relire',
  chat: {
    title: 'Chat de l’app 112',
    all: (count) => `Les ${count} messages`,
    fewer: 'Seulement les derniers',
    victim: 'Elle',
    centre: 'La centrale',
  },
  medical: {
    title: 'Médical, selon l’app 112',
    saidBy: (name, time) => `selon ${name}, ${time} ; non vérifié par nous`,
    earlier: 'Auparavant',
  },
  calls: { title: 'Appels d’urgence' },
  device: {
    title: 'Appareil',
    condition: {
      ok: 'en ordre',
      battery_low: 'batterie faible',
      battery_failed: 'batterie presque vide',
      link_lost: 'liaison perdue',
      tampered: 'ouvert ou saboté',
      failed: 'en panne',
    },
    saidBy: (time) => `à ${time}`,
  },
  news: {
    message: (name) => `Nouveau message du chat : ${name ?? 'nom inconnu'}.`,
    medical: (name) => `Nouvelles données médicales : ${name ?? 'nom inconnu'}.`,
    call: (name) => `Un appel d’urgence est arrivé : ${name ?? 'nom inconnu'}.`,
  },
}
