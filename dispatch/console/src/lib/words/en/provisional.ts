import type { ProvisionalWords } from '../shape/provisional'

export const provisional: ProvisionalWords = {
  mark: 'Provisional: received, not stored yet',
  bar: {
    title: 'The database is away',
    says: (count) =>
      count === 1
        ? 'The database is away: 1 alarm is shown provisionally. Note on paper who goes.'
        : `The database is away: ${count} alarms are shown provisionally. Note on paper who goes.`,
  },
  what: 'The database is away. Send help as for any alarm, and note on paper who goes.',
  noCommand: 'It cannot be acknowledged or changed before it is stored; colleagues see it too.',
  file: (ago) => `Her file as it was read ${ago}.`,
  fileUnknown: 'Her file is not known here: ask who she is, and what to know.',
  node: (name) => `Kept by ${name}.`,
  see: 'Seen here',
  seeNote:
    'Quiets the siren at this workstation for this press. Nobody is told; as soon as it is stored it sounds until it is acknowledged.',
  seen: 'Seen here: quiet at this workstation',
}
