import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { sortKeySchema } from '../../kit/sort-keys.ts'

const config = z.strictObject({
  take: z
    .enum(['largest', 'smallest'])
    .default('largest')
    .meta(
      form('Take the rows with the', 'Prendre les lignes avec', {
        options: [option('largest', 'Largest', 'Le plus grand'), option('smallest', 'Smallest', 'Le plus petit')],
      }),
    ),
  by: z
    .string()
    .optional()
    .meta(form('Value of column', 'Valeur de la colonne', { control: 'column', port: 'in' })),
  count: z.number().min(0).default(10).meta(form('How many', 'Combien')),
  unit: z
    .enum(['rows', 'percent'])
    .default('rows')
    .meta(
      form('Counted in', 'Comptées en', {
        options: [option('rows', 'Rows', 'Lignes'), option('percent', 'Percent', 'Pour cent')],
      }),
    ),
  per: z
    .array(z.string())
    .default([])
    .meta(
      form('For each', 'Pour chaque', {
        control: 'columns',
        port: 'in',
        help: text(
          'Takes that many of each group of these columns; without any, of all rows.',
          'En prend autant dans chaque groupe de ces colonnes ; sans rien, sur toutes les lignes.',
        ),
      }),
    ),
  ties: z
    .enum(['cut', 'keep', 'dense'])
    .default('cut')
    .meta(
      form('Equal values at the end', 'Valeurs égales à la fin', {
        options: [
          option('cut', 'Exactly that many rows', 'Exactement ce nombre de lignes'),
          option('keep', 'Keep all that are equal to the last', 'Garder toutes celles égales à la dernière'),
          option(
            'dense',
            'Count different values, keep all their rows',
            'Compter les valeurs différentes, garder toutes leurs lignes',
          ),
        ],
      }),
    ),
  ties_by: z
    .array(sortKeySchema)
    .default([])
    .meta(form('Of equal values, first by', 'À valeurs égales, d’abord par', { control: 'list', advanced: true })),
  rank_column: z
    .string()
    .min(1)
    .optional()
    .meta(form('Column for the rank', 'Colonne du rang', { advanced: true, placeholder: 'rank' })),
})
export type TopConfig = z.output<typeof config>

export const topDescriptor = defineModule({
  type: 'transform.top',
  version: 1,
  family: 'shape',
  title: { en: 'Top', fr: 'Meilleures lignes' },
  summary: {
    en: 'The rows with the largest or smallest values, of all or of each group.',
    fr: 'Les lignes aux plus grandes ou plus petites valeurs, de toutes ou de chaque groupe.',
  },
  documentation: {
    en: `Takes \`count\` rows (or percent, rounded up) by the value of \`by\`, of all rows or \`per\` group; the others leave by \`rest\`. The rows taken are sorted by group and rank.

- Empty values come last in both directions. NaN counts as larger than every number.
- \`ties: cut\` takes exactly that many: of equal values, first by \`ties_by\`, and then by all columns in their order, so that the result is always the same.
- \`ties: keep\` also takes the rows that are equal to the last one taken (in \`by\` and \`ties_by\`): two winners and \`count: 1\` give two rows.
- \`ties: dense\` counts different values: \`count: 2\` takes all rows with one of the two largest values.

\`rank_column\` adds the rank: 1, 2, 3 with \`cut\`; 1, 1, 3 with \`keep\`; 1, 1, 2 with \`dense\`.`,
    fr: `Prend \`count\` lignes (ou pour cent, arrondi au-dessus) selon la valeur de \`by\`, parmi toutes ou par groupe de \`per\` ; les autres sortent par \`rest\`. Les lignes prises sont triées par groupe et par rang.

- Les valeurs vides viennent à la fin dans les deux sens. NaN compte comme plus grand que tout nombre.
- \`ties: cut\` en prend exactement ce nombre : à valeurs égales, d’abord selon \`ties_by\`, puis selon toutes les colonnes dans leur ordre ; le résultat est toujours le même.
- \`ties: keep\` prend aussi les lignes égales à la dernière prise (sur \`by\` et \`ties_by\`) : deux gagnants et \`count: 1\` donnent deux lignes.
- \`ties: dense\` compte les valeurs différentes : \`count: 2\` prend toutes les lignes ayant l’une des deux plus grandes valeurs.

\`rank_column\` ajoute le rang : 1, 2, 3 avec \`cut\` ; 1, 1, 3 avec \`keep\` ; 1, 1, 2 avec \`dense\`.`,
  },
  icon: 'top',
  keywords: [
    ...['top n', 'bottom', 'best', 'largest', 'smallest', 'rank', 'per group', 'highest', 'lowest'],
    ...['meilleur', 'premiers', 'plus grand', 'plus petit', 'classement', 'par groupe'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Top rows', fr: 'Meilleures lignes' } },
    { name: 'rest', title: { en: 'The others', fr: 'Les autres' } },
  ],
  config,
  defaultConfig: { count: 10 },
  example: { take: 'largest', by: 'revenue', count: 3, per: ['country'], ties: 'keep', rank_column: 'rank' },
  describe: ({ take, by, count, unit, per }) =>
    `${count}${unit === 'percent' ? '%' : ''} ${take} ${by ?? '…'}${per.length > 0 ? ` per ${per.join(', ')}` : ''}`,
})
