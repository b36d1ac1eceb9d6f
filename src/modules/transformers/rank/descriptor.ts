import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

const config = z.strictObject({
  order: z
    .array(sortKeySchema)
    .min(1, 'choose at least one column to rank by')
    .meta(form('Rank by', 'Classer selon', { control: 'list' })),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('For each', 'Pour chaque', {
        control: 'columns',
        port: 'in',
        help: text('Ranks start again in each group.', 'Le rang recommence dans chaque groupe.'),
      }),
    ),
  method: z
    .enum(['rank', 'dense', 'unique', 'average', 'last', 'percent', 'cumulative'])
    .default('rank')
    .meta(
      form('Equal values', 'Valeurs égales', {
        options: [
          option('rank', 'Share the best rank: 1, 2, 2, 4', 'Partagent le meilleur rang : 1, 2, 2, 4'),
          option('dense', 'Share it without gaps: 1, 2, 2, 3', 'Le partagent sans trou : 1, 2, 2, 3'),
          option('unique', 'Each its own rank: 1, 2, 3, 4', 'Chacune son rang : 1, 2, 3, 4'),
          option('average', 'Share the average: 1, 2.5, 2.5, 4', 'Partagent la moyenne : 1, 2,5, 2,5, 4'),
          option('last', 'Share the last rank: 1, 3, 3, 4', 'Partagent le dernier rang : 1, 3, 3, 4'),
          option('percent', 'Percent rank, from 0 to 1', 'Rang en pourcentage, de 0 à 1'),
          option('cumulative', 'Share of rows up to here, up to 1', 'Part des lignes jusqu’ici, jusqu’à 1'),
        ],
      }),
    ),
  name: z.string().min(1).meta(form('Column to make', 'Colonne à créer')),
  rank_empty: z
    .boolean()
    .default(true)
    .meta(
      form('Rank empty values too', 'Classer aussi les valeurs vides', {
        advanced: true,
        help: text(
          'If not, a row with an empty key has no rank and counts for nobody’s.',
          'Sinon, une ligne dont une clé est vide n’a pas de rang et ne compte pas pour les autres.',
        ),
      }),
    ),
  top: z
    .number()
    .positive()
    .optional()
    .meta(
      form('Keep only ranks up to', 'Ne garder que les rangs jusqu’à', {
        advanced: true,
        placeholder: '10',
        help: text('Rows without a rank go too.', 'Les lignes sans rang partent aussi.'),
      }),
    ),
})

export const rankDescriptor = defineModule({
  type: 'transform.rank',
  version: 1,
  family: 'compute',
  title: text('Rank', 'Classer'),
  summary: text(
    'Numbers rows by their order, in each group.',
    'Numérote les lignes selon leur ordre, dans chaque groupe.',
  ),
  documentation: text(
    `The first row in the order has rank 1. Largest first: \`direction: desc\`.

\`rank\`, \`dense\`, \`unique\` and \`last\` give whole numbers (BIGINT), \`average\`, \`percent\` and \`cumulative\` a DOUBLE. \`percent\` is (rank − 1) / (rows − 1), and 0 for a
single row; \`cumulative\` is the share of rows that come before or are equal. Of \`unique\`, equal rows are told apart by all their other columns, so
that the result is the same on every run.

**Empty values** come last, or first by the key's own setting, and are equal to each other. With \`rank_empty: false\` a row with an empty key gets no rank, and the
others are ranked as if it were not there. Keys that ignore case order \`a\` beside \`A\`, but do not make them equal.

\`top: 3\` keeps the ranks up to 3: with equal values that may be more than three rows; \`unique\` gives exactly three. The order of the rows may change: sort after it.`,
    `La première ligne de l’ordre a le rang 1. Le plus grand d’abord : \`direction: desc\`.

\`rank\`, \`dense\`, \`unique\` et \`last\` donnent des entiers (BIGINT) ; \`average\`, \`percent\` et \`cumulative\` un DOUBLE. \`percent\` vaut (rang − 1) / (lignes − 1), et 0 pour une
seule ligne ; \`cumulative\` est la part des lignes qui précèdent ou sont égales. Avec \`unique\`, les lignes égales sont départagées par leurs autres colonnes : le résultat
est toujours le même.

**Les valeurs vides** viennent à la fin, ou au début selon la clé, et sont égales entre elles. Avec \`rank_empty: false\`, une ligne dont une clé est vide n’a pas de rang, et les
autres sont classées comme si elle n’existait pas.

\`top: 3\` garde les rangs jusqu’à 3 : avec des égalités, parfois plus de trois lignes ; \`unique\` en donne exactement trois. L’ordre des lignes peut changer.`,
  ),
  icon: 'rank',
  keywords: [
    ...['dense rank', 'percent rank', 'percentile', 'position', 'order', 'competition', 'cume_dist', 'multi-row'],
    ...['rang', 'classement', 'palmarès', 'premiers'],
    'rang',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { order: [{ column: '' }], method: 'rank', name: 'rank' },
  example: {
    order: [{ column: 'revenue', direction: 'desc' }],
    group_by: ['country'],
    method: 'dense',
    name: 'place',
    top: 3,
  },
  describe: ({ order, group_by, top }) => {
    const by = group_by.length > 0 ? ` per ${group_by.join(', ')}` : ''
    return `${top === undefined ? '' : `Top ${top} · `}${describeKeys(order)}${by}`.slice(0, 190)
  },
})
