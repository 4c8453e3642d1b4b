import type { ToldWords } from '../shape/told'

export const told: ToldWords = {
  unread: (count) => (count === 1 ? '1 nieuw bericht' : `${count} nieuwe berichten`),
  isNew: 'nieuw',
  unreadable: 'Wat andere systemen meldden, is nu niet te lezen.',
  again: 'Opnieuw lezen',
  chat: {
    title: 'Chat van de 112-app',
    all: (count) => `Alle ${count} berichten`,
    fewer: 'Alleen de laatste',
    victim: 'Zij',
    centre: 'De centrale',
  },
  medical: {
    title: 'Medisch, volgens de 112-app',
    saidBy: (name, time) => `volgens ${name}, ${time}; niet door ons nagekeken`,
    earlier: 'Eerder',
  },
  calls: { title: 'Noodoproepen' },
  device: {
    title: 'Toestel',
    condition: {
      ok: 'in orde',
      battery_low: 'batterij zwak',
      battery_failed: 'batterij bijna leeg',
      link_lost: 'verbinding kwijt',
      tampered: 'geopend of gesaboteerd',
      failed: 'defect',
    },
    saidBy: (time) => `om ${time}`,
  },
  news: {
    message: (name) => `Nieuw chatbericht: ${name ?? 'naam onbekend'}.`,
    medical: (name) => `Nieuwe medische gegevens: ${name ?? 'naam onbekend'}.`,
    call: (name) => `Er kwam een noodoproep binnen: ${name ?? 'naam onbekend'}.`,
  },
}
