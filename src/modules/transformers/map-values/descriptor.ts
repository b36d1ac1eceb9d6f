import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const plain = z.union([z.string(), z.number(), z.boolean()])

const config = z.strictObject({
  ...columnSelectionFields,
  mapping: z
    .array(
      z.strictObject({
        from: plain.meta(form('Value', 'Valeur', { control: 'text' })),
        to: plain
          .optional()
          .meta(
            form('Becomes', 'Devient', { control: 'text', help: text('Nothing here is NULL.', 'Rien ici vaut NULL.') }),
          ),
      }),
    )
    .default([])
    .meta(form('Values', 'Valeurs', { control: 'list' })),
  null_to: plain.optional().meta(form('NULL becomes', 'NULL devient', { control: 'text', advanced: true })),
  others: z
    .enum(['keep', 'null', 'constant', 'reject', 'fail'])
    .default('keep')
    .meta(
      form('Values that are not listed', 'Valeurs non listées', {
        options: [
          option('keep', 'Keep', 'Garder'),
          option('null', 'Leave empty', 'Laisser vides'),
          option('constant', 'One value for all', 'Une valeur pour toutes'),
          option('reject', 'Send the row to “reject”', 'Envoyer la ligne vers « reject »'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  other: plain
    .optional()
    .meta(form('That value', 'Cette valeur', { control: 'text', visibleWhen: { field: 'others', in: ['constant'] } })),
  case_insensitive: z
    .boolean()
    .default(false)
    .meta(form('Ignore upper and lower case', 'Ignorer la casse', {})),
  trim: z
    .boolean()
    .default(false)
    .meta(form('Ignore white space at both ends', 'Ignorer les blancs aux bords', { advanced: true })),
  type: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Type of the result', 'Type du résultat', {
        control: 'type',
        advanced: true,
        help: text('As the column, unless you choose another.', 'Celui de la colonne, sauf autre choix.'),
      }),
    ),
  suffix: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Into new columns that end in', 'Dans de nouvelles colonnes en', {
        advanced: true,
        placeholder: '_label',
        help: text('The columns themselves stay as they are.', 'Les colonnes d’origine ne changent pas.'),
      }),
    ),
})
export type MapConfig = z.output<typeof config>

export const mapValuesDescriptor = defineModule({
  type: 'transform.map_values',
  version: 1,
  family: 'clean',
  title: { en: 'Map values', fr: 'Remplacer des valeurs' },
  summary: {
    en: 'Replaces whole values by others: codes by labels, spellings by one.',
    fr: 'Remplace des valeurs entières par d’autres : des codes par des libellés, des graphies par une seule.',
  },
  documentation: {
    en: `Each value of the list becomes the one beside it; a \`to\` that is left out is NULL. Values are compared as what they are: in a column of numbers \`1\` and
\`1.0\` are one. In texts letters and blanks count, unless \`case_insensitive\` or \`trim\` say otherwise. A value may be listed once.

\`others\` says what happens to every value that is not listed: it stays (the default), becomes NULL or one constant (\`other\`), sends its row to \`reject\` with
\`_column\` and \`_reason\`, or stops the run. NULL is not a value that is not listed: it stays NULL, or becomes \`null_to\`.

The result has the column's own type, so that every \`to\` must fit it. With another \`type\` (labels for numbers: \`VARCHAR\`) values that are kept are converted
too, and the run stops at one that does not fit exactly. With \`suffix\` the results go to new columns at the end, and the columns stay as they are.

Rows keep their order. For hundreds of values use Look-up with a table.`,
    fr: `Chaque valeur de la liste devient celle d’à côté ; un \`to\` absent vaut NULL. Les valeurs se comparent selon leur type : dans une colonne de nombres, \`1\` et
\`1.0\` n’en font qu’une. Dans les textes, casse et blancs comptent, sauf avec \`case_insensitive\` ou \`trim\`. Une valeur ne se liste qu’une fois.

\`others\` dit ce que devient toute valeur non listée : elle reste (par défaut), devient NULL ou une constante (\`other\`), envoie sa ligne vers \`reject\` avec
\`_column\` et \`_reason\`, ou arrête l’exécution. NULL n’est pas une valeur non listée : il reste NULL, ou devient \`null_to\`.

Le résultat a le type de la colonne : chaque \`to\` doit y tenir. Avec un autre \`type\` (des libellés pour des nombres : \`VARCHAR\`), les valeurs gardées sont
converties aussi, et l’exécution s’arrête à celle qui n’y tient pas exactement. Avec \`suffix\`, les résultats vont dans de nouvelles colonnes à la fin.

Les lignes gardent leur ordre. Pour des centaines de valeurs, utilisez Rechercher avec une table.`,
  },
  icon: 'map-values',
  keywords: [
    ...[
      'recode',
      'dictionary',
      'value map',
      'rule',
      'switch',
      'lookup',
      'label',
      'decode',
      'Find Replace',
      'Value Mapper',
      'Cell Replacer',
    ],
    ...['recoder', 'correspondance', 'dictionnaire', 'libellé', 'remplacer'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Rows', fr: 'Lignes' } },
    {
      name: 'reject',
      title: { en: 'Rows with values not listed', fr: 'Lignes aux valeurs non listées' },
      reject: true,
    },
  ],
  config,
  defaultConfig: { columns: [], mapping: [] },
  example: {
    columns: ['status'],
    mapping: [
      { from: 'P', to: 'Paid' },
      { from: 'O', to: 'Open' },
      { from: 'X', to: 'Cancelled' },
    ],
    others: 'reject',
    case_insensitive: true,
  },
  describe: ({ columns, pattern, kinds, mapping }) => {
    const what = [
      ...columns.slice(0, 2),
      ...(columns.length > 2 ? ['…'] : []),
      ...(pattern ? [pattern.slice(0, 30)] : []),
      ...kinds,
    ].join(', ')
    const pairs = mapping
      .slice(0, 2)
      .map(({ from, to }) => `${String(from).slice(0, 20)} → ${String(to ?? 'NULL').slice(0, 20)}`)
    return `${what}: ${pairs.join(', ')}${mapping.length > 2 ? `, +${mapping.length - 2}` : ''}`
  },
})
