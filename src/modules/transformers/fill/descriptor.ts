import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'
import { sortKeySchema } from '../../kit/sort-keys.ts'

const methodSchema = z.enum([
  'constant',
  'column',
  'zero',
  'mean',
  'median',
  'mode',
  'min',
  'max',
  'forward',
  'backward',
  'linear',
])
export type FillMethod = z.output<typeof methodSchema>

const fillSchema = z.strictObject({
  ...columnSelectionFields,
  method: methodSchema.default('constant').meta(
    form('Fill with', 'Remplir par', {
      options: [
        option('constant', 'A value', 'Une valeur'),
        option('column', 'Another column’s value', 'La valeur d’une autre colonne'),
        option('zero', '0, empty text or false', '0, texte vide ou faux'),
        option('mean', 'Mean', 'Moyenne'),
        option('median', 'Median', 'Médiane'),
        option('mode', 'Most frequent value', 'Valeur la plus fréquente'),
        option('min', 'Smallest value', 'Minimum'),
        option('max', 'Largest value', 'Maximum'),
        option('forward', 'Value before it', 'Valeur précédente'),
        option('backward', 'Value after it', 'Valeur suivante'),
        option('linear', 'Straight line between both', 'Droite entre les deux'),
      ],
    }),
  ),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .meta(form('Value', 'Valeur', { control: 'text', visibleWhen: { field: 'method', in: ['constant'] } })),
  from: z
    .array(z.string())
    .default([])
    .meta(
      form('Of the first of these that has one', 'De la première de celles-ci qui en a une', {
        control: 'columns',
        port: 'in',
        visibleWhen: { field: 'method', in: ['column'] },
      }),
    ),
  limit: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta(
      form('At most so many in a row', 'Au plus, à la suite', {
        advanced: true,
        visibleWhen: { field: 'method', in: ['forward', 'backward', 'linear'] },
        help: text(
          'Forward and backward stop after as many rows; a line does not bridge longer gaps.',
          'Vers l’avant ou l’arrière, on s’arrête après tant de lignes ; une droite ne franchit pas de trou plus long.',
        ),
      }),
    ),
  along: z
    .enum(['order', 'rows'])
    .default('order')
    .meta(
      form('Line along', 'Droite selon', {
        advanced: true,
        visibleWhen: { field: 'method', in: ['linear'] },
        options: [
          option('order', 'The values of the order (dates, numbers)', 'Les valeurs de l’ordre (dates, nombres)'),
          option('rows', 'Rows, as if evenly spaced', 'Les lignes, comme à intervalles égaux'),
        ],
      }),
    ),
})
export type Fill = z.output<typeof fillSchema>

const config = z.strictObject({
  fills: z
    .array(fillSchema)
    .min(1, 'add at least one column to fill')
    .meta(form('Columns to fill', 'Colonnes à remplir', { control: 'list' })),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('Within groups of', 'Par groupe de', {
        control: 'columns',
        port: 'in',
        help: text('Means, neighbours … are those of the same group.', 'Moyennes, voisins… sont ceux du même groupe.'),
      }),
    ),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(
      form('In the order of', 'Dans l’ordre de', {
        control: 'list',
        help: text(
          'Needed for the value before or after, and for lines.',
          'Nécessaire pour la valeur précédente ou suivante, et pour les droites.',
        ),
      }),
    ),
  as_they_come: z
    .boolean()
    .default(false)
    .meta(
      form('Take rows as they come', 'Prendre les lignes comme elles viennent', {
        advanced: true,
        help: text(
          'Instead of an order. Certain straight after a file or a sort only.',
          'Au lieu d’un ordre. Sûr seulement juste après un fichier ou un tri.',
        ),
      }),
    ),
  empty_is_missing: z
    .boolean()
    .default(false)
    .meta(form('Empty texts are missing too', 'Les textes vides manquent aussi', { advanced: true })),
  nan_is_missing: z
    .boolean()
    .default(true)
    .meta(form('NaN is missing too', 'NaN manque aussi', { advanced: true })),
  flag: z
    .string()
    .optional()
    .meta(
      form('Mark filled values in columns that end in', 'Marquer les valeurs remplies dans des colonnes en', {
        advanced: true,
        placeholder: '_filled',
        help: text(
          'A true-or-false column beside each: price_filled.',
          'Une colonne vrai ou faux pour chacune : price_filled.',
        ),
      }),
    ),
})
export type FillConfig = z.output<typeof config>

export const fillDescriptor = defineModule({
  type: 'transform.fill',
  version: 1,
  family: 'clean',
  title: { en: 'Fill missing values', fr: 'Remplir les valeurs manquantes' },
  summary: {
    en: 'Fills missing values with a constant, another column, a statistic, the value before or after, or a straight line; by group.',
    fr: 'Remplit les valeurs manquantes par une constante, une autre colonne, une statistique, la valeur d’avant ou d’après, ou une droite ; par groupe.',
  },
  documentation: {
    en: `Missing is NULL; NaN too unless \`nan_is_missing: false\`, and texts of nothing but white space with \`empty_is_missing: true\`. A missing value that
nothing can fill (a group without any value, the head of a column filled forward) becomes NULL. Columns keep their types and places; a column may be filled once.

- **column** takes the value of the first column of \`from\` where it is not missing, as it was in the input. Its type must fit the column's: INTEGER into BIGINT, anything into VARCHAR.
- **mean, median, mode, min, max** are those of the group's values that are not missing. In a column of whole numbers or decimals the mean and the median are rounded
  to what the type holds, halves away from zero; they are exact in whole numbers up to 64 bits, and computed as a DOUBLE (15 digits) in others. Between equally frequent values, mode
  takes the smallest.
- **forward, backward, linear** need an \`order\`; equal rows in it are told apart by all their columns, so that the result is always the same. With
  \`as_they_come\` they take the rows as they arrive, which only a file or a sort just before makes certain.
- **linear** runs along the first key of the order, a number, a date or a timestamp: a value on 3 January between the 1st and the 5th is half way.
  \`along: rows\` takes rows as evenly spaced. It is computed as a DOUBLE (15 digits) and rounded to the type; what lies before the first value or after the last stays missing.

Every row of the input leaves, but with groups or an order not in its old place: sort afterwards where that matters. All of these but
\`constant\`, \`column\` and \`zero\` need to see all rows first.`,
    fr: `Ce qui manque est NULL ; NaN aussi, sauf \`nan_is_missing: false\`, et les textes faits de blancs avec \`empty_is_missing: true\`. Un manque que rien ne
peut remplir (un groupe sans valeur, la tête d’une colonne remplie vers l’avant) devient NULL. Les colonnes gardent types et places ; une colonne se remplit une fois.

- **column** prend la valeur de la première colonne de \`from\` où elle ne manque pas, telle qu’à l’entrée. Son type doit tenir dans celui de la colonne : INTEGER dans BIGINT, tout dans VARCHAR.
- **mean, median, mode, min, max** sont ceux des valeurs du groupe qui ne manquent pas. Dans une colonne d’entiers ou de décimaux, moyenne et médiane sont
  arrondies à ce que tient le type, les demis en s’éloignant de zéro ; exactes en entiers jusqu’à 64 bits, calculées en DOUBLE (15 chiffres) ailleurs. Entre valeurs aussi
  fréquentes, mode prend la plus petite.
- **forward, backward, linear** demandent un \`order\` ; les lignes égales s’y départagent par toutes leurs colonnes : le résultat est toujours le même. Avec
  \`as_they_come\`, elles prennent les lignes comme elles arrivent, ce que seul un fichier ou un tri juste avant rend certain.
- **linear** suit la première clé de l’ordre, un nombre, une date ou un horodatage : le 3 janvier est à mi-chemin entre le 1er et le 5. \`along: rows\` prend
  les lignes comme à intervalles égaux. Le calcul se fait en DOUBLE (15 chiffres), arrondi au type ; avant la première valeur et après la dernière, le manque reste.

Toutes les lignes sortent, mais pas forcément à leur ancienne place dès qu’il y a des groupes ou un ordre : triez ensuite si cela compte. Tout sauf
\`constant\`, \`column\` et \`zero\` doit d’abord voir toutes les lignes.`,
  },
  icon: 'fill',
  keywords: [
    'impute',
    'imputation',
    'missing',
    'null',
    'fill down',
    'fill up',
    'interpolate',
    'coalesce',
    'column merger',
    'première valeur non vide',
    'default',
    'remplir',
    'manquant',
    'vide',
    'interpoler',
    'Missing Value',
    'Imputation',
    'median',
    'mean',
    'médiane',
    'moyenne',
    'combler',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: { fills: [{ kinds: ['number'], method: 'zero' }] },
  example: {
    fills: [
      { columns: ['temperature'], method: 'linear', limit: 3 },
      { columns: ['station_name'], method: 'forward' },
      { columns: ['phone'], method: 'column', from: ['mobile', 'office_phone'] },
      { columns: ['rain'], method: 'zero' },
    ],
    group_by: ['station'],
    order: [{ column: 'measured_at' }],
    flag: '_filled',
  },
  describe: ({ fills, group_by }) => {
    const shown = fills
      .slice(0, 3)
      .map(
        ({ columns, pattern, kinds, method }) =>
          `${[...columns.slice(0, 2), ...(columns.length > 2 ? ['…'] : []), ...(pattern ? [pattern.slice(0, 30)] : []), ...kinds].join(', ')}: ${method}`,
      )
    const more = fills.length > 3 ? ` · +${fills.length - 3}` : ''
    return `${shown.join(' · ')}${more}${group_by.length > 0 ? ` by ${group_by.slice(0, 3).join(', ')}` : ''}`
  },
})
