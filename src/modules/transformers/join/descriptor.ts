import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'
import { keyPairSchema, rightColumnFields } from '../../kit/sides.ts'

const config = z.strictObject({
  kind: z
    .enum(['inner', 'left', 'right', 'full', 'semi', 'anti', 'cross'])
    .default('inner')
    .meta(
      form('Keep', 'Garder', {
        options: [
          option('inner', 'Matching rows of both (inner)', 'Les lignes appariées des deux (inner)'),
          option('left', 'All rows of the left (left)', 'Toutes celles de gauche (left)'),
          option('right', 'All rows of the right (right)', 'Toutes celles de droite (right)'),
          option('full', 'All rows of both (full)', 'Toutes celles des deux (full)'),
          option('semi', 'Left rows with a match (semi)', 'Celles de gauche appariées (semi)'),
          option('anti', 'Left rows without a match (anti)', 'Celles de gauche non appariées (anti)'),
          option('cross', 'Every pair (cross)', 'Toutes les paires (cross)'),
        ],
      }),
    ),
  keys: z
    .array(keyPairSchema)
    .default([])
    .meta(
      form('Where these are equal', 'Où ces colonnes sont égales', {
        control: 'list',
        visibleWhen: { field: 'kind', in: ['inner', 'left', 'right', 'full', 'semi', 'anti'] },
      }),
    ),
  condition: z
    .string()
    .optional()
    .meta(
      form('And where', 'Et où', {
        control: 'expression',
        advanced: true,
        placeholder: 'left.day BETWEEN right.starts AND right.ends',
        help: { en: 'Columns are written left.x and right.y.', fr: 'Les colonnes s’écrivent left.x et right.y.' },
        visibleWhen: { field: 'kind', in: ['inner', 'left', 'right', 'full', 'semi', 'anti'] },
      }),
    ),
  null_equal: z
    .boolean()
    .default(false)
    .meta(
      form('Empty keys match each other', 'Les clés vides s’apparient', {
        advanced: true,
        visibleWhen: { field: 'kind', in: ['inner', 'left', 'right', 'full', 'semi', 'anti'] },
      }),
    ),
  relationship: z
    .enum(['any', 'many_to_one', 'one_to_many', 'one_to_one'])
    .default('any')
    .meta(
      form('Expect', 'Attendre', {
        advanced: true,
        options: [
          option('any', 'Anything', 'Peu importe'),
          option('many_to_one', 'Each key once on the right', 'Chaque clé une fois à droite'),
          option('one_to_many', 'Each key once on the left', 'Chaque clé une fois à gauche'),
          option('one_to_one', 'Each key once on both sides', 'Chaque clé une fois de chaque côté'),
        ],
        help: {
          en: 'Stops the run when a key comes twice where it should not, instead of multiplying rows.',
          fr: 'Arrête l’exécution quand une clé est en double là où il ne faut pas, au lieu de multiplier les lignes.',
        },
        visibleWhen: { field: 'kind', in: ['inner', 'left', 'right', 'full', 'semi', 'anti'] },
      }),
    ),
  ...rightColumnFields({ visibleWhen: { field: 'kind', in: ['inner', 'left', 'right', 'full', 'cross'] } }),
})
export type JoinConfig = z.output<typeof config>

export const joinDescriptor = defineModule({
  type: 'transform.join',
  version: 1,
  family: 'combine',
  title: { en: 'Join', fr: 'Joindre' },
  summary: {
    en: 'Puts the rows of two inputs side by side where their keys are equal.',
    fr: 'Met côte à côte les lignes de deux entrées dont les clés sont égales.',
  },
  documentation: {
    en: `Three outputs: \`match\` is the join of the chosen kind; \`left_rest\` and \`right_rest\` are the rows of each side that match nothing, whatever the kind.

**Columns.** Those of the left come first, then those of the right. A key with the same name on both sides comes once, with the value of the
side that has one. Any other right column whose name is taken gets the \`prefix\` and the \`suffix\`; with \`rename: all\`, every right column does. \`semi\` and \`anti\` have the left columns only.

**Keys** must be of comparable types: a number never equals a text, so cast one first. An empty key matches nothing unless \`null_equal\`. A \`condition\`
may add to the keys or replace them; it sees \`left.x\` and \`right.y\`.

**\`relationship\`** states what you expect, and stops the run when a key comes twice on a side where it should be unique.`,
    fr: `Trois sorties : \`match\` est la jointure du type choisi ; \`left_rest\` et \`right_rest\` sont les lignes de chaque côté sans correspondance, quel que soit le type.

**Colonnes.** Celles de gauche viennent d’abord, puis celles de droite. Une clé de même nom des deux côtés vient une fois, avec la valeur du
côté qui en a une. Toute autre colonne de droite au nom déjà pris reçoit le \`prefix\` et le \`suffix\` ; avec \`rename: all\`, toutes. \`semi\` et \`anti\` n’ont que les colonnes de gauche.

**Les clés** doivent être de types comparables : un nombre n’est jamais égal à un texte, convertissez d’abord. Une clé vide ne correspond à rien, sauf
avec \`null_equal\`. Une \`condition\` peut s’ajouter aux clés ou les remplacer ; elle voit \`left.x\` et \`right.y\`.

**\`relationship\`** dit ce que vous attendez, et arrête l’exécution quand une clé est en double là où elle devrait être unique.`,
  },
  icon: 'join',
  keywords: [
    'merge',
    'left',
    'inner',
    'outer',
    'anti',
    'semi',
    'jointure',
    'fusionner',
    'rechercher',
    'append fields',
    'cartesian product',
    'produit cartésien',
    'left join',
    'inner join',
    'outer join',
    'jointure gauche',
    'jointure interne',
  ],
  inputs: [
    { name: 'left', title: { en: 'Left', fr: 'Gauche' } },
    { name: 'right', title: { en: 'Right', fr: 'Droite' } },
  ],
  outputs: [
    { name: 'match', title: { en: 'Joined', fr: 'Jointes' } },
    { name: 'left_rest', title: { en: 'Left rest', fr: 'Reste gauche' } },
    { name: 'right_rest', title: { en: 'Right rest', fr: 'Reste droit' } },
  ],
  config,
  defaultConfig: { kind: 'inner', keys: [{ left: '', right: '' }] },
  example: { kind: 'left', keys: [{ left: 'customer_id', right: 'id' }], relationship: 'many_to_one' },
  describe: ({ kind, keys, condition }) => {
    if (kind === 'cross') return 'Every pair'
    const equal = keys.map(({ left, right }) => (left === right ? left : `${left} = ${right}`))
    return [...equal, ...(condition ? [condition.replaceAll(/\s+/g, ' ').trim()] : []), kind].join(' · ')
  },
})
