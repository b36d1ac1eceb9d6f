import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'
import { sortKeySchema } from '../../kit/sort-keys.ts'

const config = z.strictObject({
  mode: z
    .enum(['columns', 'rows'])
    .default('columns')
    .meta(
      form('Nest', 'Imbriquer', {
        options: [
          option('columns', 'Columns of a row', 'Les colonnes d’une ligne'),
          option('rows', 'Rows of a group', 'Les lignes d’un groupe'),
        ],
      }),
    ),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('One row per', 'Une ligne par', {
        control: 'columns',
        port: 'in',
        visibleWhen: { field: 'mode', in: ['rows'] },
      }),
    ),
  ...columnSelectionFields,
  name: z.string().min(1).default('nested').meta(form('Name of the new column', 'Nom de la nouvelle colonne')),
  as: z
    .enum(['struct', 'json'])
    .default('struct')
    .meta(
      form('As', 'En', {
        options: [option('struct', 'Fields of their types', 'Champs typés'), option('json', 'JSON', 'JSON')],
      }),
    ),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(
      form('In the order of', 'Dans l’ordre de', {
        control: 'list',
        visibleWhen: { field: 'mode', in: ['rows'] },
        help: text('Without any: the order of the columns’ values.', 'Sans rien : l’ordre des valeurs des colonnes.'),
      }),
    ),
  keep: z
    .boolean()
    .default(false)
    .meta(
      form('Keep the columns too', 'Garder aussi les colonnes', {
        advanced: true,
        visibleWhen: { field: 'mode', in: ['columns'] },
      }),
    ),
})
export type NestConfig = z.output<typeof config>

export const nestDescriptor = defineModule({
  type: 'transform.nest',
  version: 1,
  family: 'shape',
  title: { en: 'Nest', fr: 'Imbriquer' },
  summary: {
    en: 'Puts columns into one with fields, or the rows of a group into a list.',
    fr: 'Réunit des colonnes en une seule à champs, ou les lignes d’un groupe en une liste.',
  },
  documentation: {
    en: `\`mode: columns\` puts the chosen columns of each row into one column with a field for each, in the order of the input; they leave their place unless \`keep\`. Rows keep their order.

\`mode: rows\` makes one row per group, with the list of its rows: each a struct of the chosen columns (without a choice, all that are not grouped by). The list follows \`order\`; rows that are equal in it, or all rows without one, follow the values of the
columns, so that the result is always the same. NULL is a group like any other. Rows are not in a defined order: sort after it.

\`as: json\` gives JSON text instead. Whole numbers and decimals keep their digits; dates and times become ISO texts; NaN and infinity become the texts "NaN" and "Infinity", since JSON has none, and a DECIMAL(38,38) a text.
Flatten and Explode undo it.`,
    fr: `\`mode: columns\` réunit les colonnes choisies de chaque ligne en une seule, avec un champ pour chacune, dans l’ordre de l’entrée ; elles quittent leur place sauf avec \`keep\`. Les lignes gardent leur ordre.

\`mode: rows\` fait une ligne par groupe, avec la liste de ses lignes : chacune une structure des colonnes choisies (sans choix, toutes celles hors du regroupement). La liste suit \`order\` ; les lignes égales sur cet ordre, ou toutes sans lui, suivent les valeurs des
colonnes : le résultat est toujours le même. NULL est un groupe comme un autre. L’ordre des lignes n’est pas défini : triez ensuite.

\`as: json\` donne du texte JSON. Entiers et décimaux gardent leurs chiffres ; dates et heures deviennent des textes ISO ; NaN et l’infini deviennent les textes "NaN" et "Infinity", que JSON n’a pas, et un DECIMAL(38,38) un texte.
Aplatir et Éclater font l’inverse.`,
  },
  icon: 'nest',
  keywords: [
    'struct',
    'json',
    'object',
    'group rows',
    'list of rows',
    'to json',
    'objet',
    'structure',
    'imbriquer',
    'liste',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Nested', fr: 'Imbriquées' } }],
  config,
  defaultConfig: { columns: [] },
  example: {
    mode: 'rows',
    group_by: ['order_id'],
    columns: ['sku', 'quantity'],
    name: 'lines',
    order: [{ column: 'line' }],
  },
  describe: ({ mode, columns, pattern, group_by, name, as }) => {
    const what = [...columns.slice(0, 3), ...(columns.length > 3 ? ['…'] : []), ...(pattern ? [pattern] : [])].join(
      ', ',
    )
    const from = mode === 'rows' ? `Rows per ${group_by.join(', ') || 'all'}` : what || 'Columns'
    return `${from} → ${name}${as === 'json' ? ' (JSON)' : ''}`
  },
})
