import type { ProvisionalWords } from '../shape/provisional'

export const provisional: ProvisionalWords = {
  mark: 'Provisoire : reçue, pas encore enregistrée',
  bar: {
    title: 'La base de données est absente',
    says: (count) =>
      count === 1
        ? 'La base de données est absente : 1 alarme est affichée provisoirement. Notez sur papier qui part.'
        : `La base de données est absente : ${count} alarmes sont affichées provisoirement. Notez sur papier qui part.`,
  },
  what: 'La base de données est absente. Envoyez de l’aide comme pour toute alarme et notez sur papier qui part.',
  noCommand:
    'Elle ne peut être ni prise en charge ni modifiée avant d’être enregistrée ; les collègues la voient aussi.',
  file: (ago) => `Son dossier tel que lu ${ago}.`,
  fileUnknown: 'Son dossier n’est pas connu ici : demandez qui elle est et ce qu’il faut savoir.',
  node: (name) => `Gardée par ${name}.`,
  see: 'Vue ici',
  seeNote:
    'Coupe la sirène à ce poste pour cette pression. Personne n’est averti ; dès qu’elle est enregistrée, elle sonne jusqu’à sa prise en charge.',
  seen: 'Vue ici : silencieuse à ce poste',
}
