import type { enSub } from './en-sub.ts'

export const frSub: Record<keyof typeof enSub, string> = {
  'sub.open': 'Ouvrir ce pipeline',
  'sub.itself': 'C’est ce pipeline même ; il ne peut pas se contenir.',
  'sub.back': 'Retour à {name}',
  'sub.backKeys': 'Alt ↑',
  'sub.changed': 'Ses entrées et sorties ont changé depuis qu’elles ont été reprises.',
  'sub.added': 'Nouvelles : {names}.',
  'sub.gone': 'Disparues : {names}.',
  'sub.adopt': 'Reprendre le changement',
  'sub.noParameters': 'Il n’a pas de paramètres.',
  'sub.unknown': 'n’en est pas un paramètre',
  'sub.needed': 'à donner',
  'sub.makeCommand': 'Faire un sous-pipeline des étapes sélectionnées',
  'sub.makeOf': 'Faire un sous-pipeline…',
  'sub.makeTitle': 'Faire un sous-pipeline',
  'sub.makeHint':
    'L’étape sélectionnée passe dans un pipeline à elle, que d’autres pipelines peuvent aussi utiliser. | Les {count} étapes sélectionnées passent dans un pipeline à elles, que d’autres pipelines peuvent aussi utiliser.',
  'sub.make': 'Faire',
  'sub.made': 'Les étapes sont maintenant dans {path}.',
  'sub.fileRemoved': '{path} est retiré.',
  'sub.fileStays': '{path} reste : il a été modifié, ou d’autres l’utilisent.',
  'sub.changedMeanwhile': 'Ce pipeline a changé entre-temps. Le nouveau est dans {path} ; rien n’a été remplacé.',
  'sub.putHere': 'Mettre ses étapes ici',
}
