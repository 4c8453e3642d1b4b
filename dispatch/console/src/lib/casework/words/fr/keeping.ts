import type { KeepingWords } from '../shape/keeping'

export const keeping: KeepingWords = {
  title: 'Conservation et effacement',
  state: 'État',
  kept: 'Conservé',
  held: (since) => `Gel légal depuis ${since} : rien n’est supprimé`,
  erased: (at) => `Effacé le ${at}`,
  hold: 'Geler le dossier',
  holdText:
    'Tant que le gel dure, rien de ce dossier n’est supprimé ni effacé, même après l’échéance d’un délai de conservation.',
  release: 'Lever le gel',
  releaseText:
    'Les délais de conservation s’appliquent de nouveau. Ce qui est échu entre-temps disparaît dans l’heure.',
  onlyMagistrate: 'Seul le magistrat de parquet peut geler ou effacer un dossier.',
  erase: 'Effacer définitivement',
  eraseText:
    'Toutes les clés de ce dossier sont détruites et ce qui la concerne ailleurs est supprimé. C’est irréversible. Reste ce qu’il faut aux statistiques : qu’il y a eu alarme, quand et avec quelle issue.',
  erasing: 'Effacer le dossier',
  reference: 'Référence du dossier',
  referenceHint: 'Recopiez-la, pour ne pas vous tromper de dossier.',
  ground: 'Motif',
  grounds: {
    retention: 'le délai de conservation est échu',
    request: 'à sa demande',
    court_order: 'sur ordre du tribunal',
  },
  hindered: 'Impossible d’effacer maintenant :',
  hindrance: {
    erased: 'il est déjà effacé',
    held: 'il est gelé',
    alarm_open: 'une alarme est ouverte',
    not_closed: 'le dossier n’est pas clôturé',
  },
  byOrder: 'Sur ordre du tribunal, c’est possible.',
  exportTitle: 'Tout ce qui concerne ce dossier',
  export: 'Télécharger (zip)',
  exportText:
    'Pour la personne concernée ou un transfert. Ce sont des données personnelles lisibles ; qui les télécharge figure au journal.',
  alarms: 'Pièces à conviction des alarmes',
  alarmsText: 'Chaque pièce est signée et vérifiable sans notre système. Qui la demande figure au journal.',
  noAlarms: 'Aucune alarme',
  raised: 'Reçue',
  purpose: 'Nature',
  evidence: 'Pièce à conviction',
  evidenceOf: (raised) => `Pièce à conviction de l’alarme du ${raised}`,
  disposals: 'Ce qui a été détruit',
  disposedAt: 'Quand',
  what: 'Quoi',
  by: 'Par',
  bySystem: 'le système',
  keys: (count) => (count === 1 ? '1 clé' : `${count} clés`),
  whole: 'tout le dossier',
}
