import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  ...columnSelectionFields,
  template: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Or a template', 'Ou un modèle', {
        placeholder: '{first_name} {last_name}',
        help: text(
          'Columns stand in braces; {{ and }} are braces themselves.',
          'Les colonnes sont entre accolades ; {{ et }} sont des accolades.',
        ),
      }),
    ),
  separator: z.string().default(' ').meta(form('Separator', 'Séparateur')),
  name: z.string().min(1).default('merged').meta(form('New column', 'Nouvelle colonne')),
  nulls: z
    .enum(['skip', 'empty', 'null'])
    .default('skip')
    .meta(
      form('Missing values', 'Valeurs manquantes', {
        options: [
          option('skip', 'Skip, with their separator', 'Les passer, avec leur séparateur'),
          option('empty', 'Take as empty text', 'Les prendre pour du texte vide'),
          option('null', 'The result is NULL', 'Le résultat est NULL'),
        ],
      }),
    ),
  skip_empty: z
    .boolean()
    .default(true)
    .meta(form('Texts of blanks are missing too', 'Les textes faits de blancs manquent aussi', { advanced: true })),
  trim: z
    .boolean()
    .default(false)
    .meta(form('Trim values', 'Retirer les blancs aux bords', { advanced: true })),
  date_format: z
    .string()
    .min(1)
    .optional()
    .meta(form('Dates as', 'Dates en', { advanced: true, placeholder: '%d/%m/%Y' })),
  decimals: z
    .number()
    .int()
    .min(0)
    .max(15)
    .optional()
    .meta(
      form('Decimals of numbers', 'Décimales des nombres', {
        advanced: true,
        help: text('Of those that are not whole by type.', 'De ceux qui ne sont pas entiers par leur type.'),
      }),
    ),
  decimal: z
    .enum(['.', ','])
    .default('.')
    .meta(
      form('Decimal mark', 'Séparateur décimal', {
        advanced: true,
        options: [option('.', 'Point', 'Point'), option(',', 'Comma', 'Virgule')],
      }),
    ),
  keep_originals: z.boolean().default(true).meta(form('Keep the columns themselves', 'Garder les colonnes d’origine')),
})
export type MergeConfig = z.output<typeof config>

export const mergeDescriptor = defineModule({
  type: 'transform.merge',
  version: 1,
  family: 'clean',
  title: { en: 'Merge columns', fr: 'Fusionner des colonnes' },
  summary: {
    en: 'Makes one text of several columns, with a separator or by a template.',
    fr: 'Fait un seul texte de plusieurs colonnes, avec un séparateur ou selon un modèle.',
  },
  documentation: {
    en: `The columns are joined in the order in which you name them; those that only a pattern or a kind means follow in their own order. A \`template\` such as
\`{last_name}, {first_name}\` says it all instead. The new column comes last; with \`keep_originals: false\` the merged ones leave, and it may take one of their names.

**Missing values** (NULL, and texts of blanks unless \`skip_empty: false\`) are skipped with their separator, taken as empty text, or make the whole result NULL. When nothing
at all is left the result is NULL, not an empty text. In a template a missing value is empty text, or makes the result NULL; the text around it stays.

Numbers, dates and times are written as the data pane shows them, unless \`date_format\` (strftime), \`decimals\` (rounded, halves away from zero) or \`decimal\` say otherwise; lists
and structs as DuckDB writes them.`,
    fr: `Les colonnes se joignent dans l’ordre où vous les nommez ; celles que seul un motif ou un genre désigne suivent dans leur ordre. Un modèle (\`template\`) comme
\`{nom}, {prenom}\` dit tout à la place. La nouvelle colonne vient à la fin ; avec \`keep_originals: false\` les colonnes fusionnées partent, et elle peut prendre un de leurs noms.

**Les valeurs manquantes** (NULL, et les textes faits de blancs, sauf \`skip_empty: false\`) se passent avec leur séparateur, valent un texte vide, ou rendent tout le résultat NULL.
S’il ne reste rien, le résultat est NULL, pas un texte vide. Dans un modèle, une valeur manquante vaut un texte vide, ou rend le résultat NULL ; le texte autour reste.

Nombres, dates et heures s’écrivent comme le volet des données les montre, sauf si \`date_format\` (strftime), \`decimals\` (arrondi, les demis en s’éloignant de zéro) ou \`decimal\`
disent autrement ; listes et structures comme DuckDB les écrit.`,
  },
  icon: 'merge-columns',
  keywords: [
    'concatenate',
    'concat',
    'combine columns',
    'join text',
    'template',
    'Column Combiner',
    'Merge Columns',
    'CONCATENATE',
    'TEXTJOIN',
    'concaténer',
    'fusionner',
    'joindre',
    'JOINDRE.TEXTE',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Rows', fr: 'Lignes' } }],
  config,
  defaultConfig: { columns: [], name: 'merged' },
  example: { template: '{last_name}, {first_name} ({born})', name: 'person', date_format: '%Y' },
  describe: ({ template, columns, pattern, kinds, name }) => {
    const what =
      template ??
      [...columns.slice(0, 3), ...(columns.length > 3 ? ['…'] : []), ...(pattern ? [pattern] : []), ...kinds].join(
        ' + ',
      )
    return `${name} = ${what.slice(0, 60).replaceAll(/\s+/g, ' ')}`
  },
})
