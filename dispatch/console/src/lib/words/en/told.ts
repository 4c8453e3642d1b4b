import type { ToldWords } from '../shape/told'

export const told: ToldWords = {
  unread: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
  isNew: 'new',
  unreadable: 'What other systems said cannot be read now.',
  again: 'Read again',
  chat: {
    title: 'Chat of the 112 app',
    all: (count) => `All ${count} messages`,
    fewer: 'Only the latest',
    victim: 'She',
    centre: 'The centre',
  },
  medical: {
    title: 'Medical, as the 112 app says',
    saidBy: (name, time) => `said by ${name}, ${time}; not checked by us`,
    earlier: 'Earlier',
  },
  calls: { title: 'Emergency calls' },
  device: {
    title: 'Device',
    condition: {
      ok: 'in order',
      battery_low: 'battery low',
      battery_failed: 'battery nearly empty',
      link_lost: 'link lost',
      tampered: 'opened or tampered with',
      failed: 'failed',
    },
    saidBy: (time) => `as of ${time}`,
  },
  news: {
    message: (name) => `New chat message: ${name ?? 'name unknown'}.`,
    medical: (name) => `New medical details: ${name ?? 'name unknown'}.`,
    call: (name) => `An emergency call came in: ${name ?? 'name unknown'}.`,
  },
}
