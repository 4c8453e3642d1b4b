import type { ToldWords } from '../shape/told'

export const told: ToldWords = {
  unread: (count) => (count === 1 ? '1 neue Nachricht' : `${count} neue Nachrichten`),
  isNew: 'neu',
  unreadable: 'Was andere Systeme meldeten, ist jetzt nicht zu lesen.',
  again: 'Erneut lesen',
  chat: {
    title: 'Chat der 112-App',
    all: (count) => `Alle ${count} Nachrichten`,
    fewer: 'Nur die letzten',
    victim: 'Sie',
    centre: 'Die Leitstelle',
  },
  medical: {
    title: 'Medizinisch, laut 112-App',
    saidBy: (name, time) => `laut ${name}, ${time}; von uns nicht geprüft`,
    earlier: 'Zuvor',
  },
  calls: { title: 'Notrufe' },
  device: {
    title: 'Gerät',
    condition: {
      ok: 'in Ordnung',
      battery_low: 'Batterie schwach',
      battery_failed: 'Batterie fast leer',
      link_lost: 'Verbindung verloren',
      tampered: 'geöffnet oder manipuliert',
      failed: 'defekt',
    },
    saidBy: (time) => `um ${time}`,
  },
  news: {
    message: (name) => `Neue Chatnachricht: ${name ?? 'Name unbekannt'}.`,
    medical: (name) => `Neue medizinische Angaben: ${name ?? 'Name unbekannt'}.`,
    call: (name) => `Ein Notruf ist eingegangen: ${name ?? 'Name unbekannt'}.`,
  },
}
