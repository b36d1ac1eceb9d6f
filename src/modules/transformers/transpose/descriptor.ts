import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  header: z
    .string()
    .optional()
    .meta(
      form('Column with the new names', 'Colonne des nouveaux noms', {
        control: 'column',
        port: 'in',
        help: text(
          'Its values become the names of columns. Without it, rows become the columns row_1, row_2, …',
          'Ses valeurs deviennent les noms des colonnes. Sinon, les lignes deviennent les colonnes row_1, row_2, …',
        ),
      }),
    ),
  values: z
    .array(
      z.strictObject({
        value: z
          .string()
          .optional()
          .meta(form('Value', 'Valeur', { help: text('None: the empty value.', 'Aucune : la valeur vide.') })),
        name: z.string().min(1).optional().meta(form('Name of its column', 'Nom de sa colonne')),
      }),
    )
    .default([])
    .meta(
      form('New columns', 'Nouvelles colonnes', {
        control: 'list',
        fromData: text('Take the values from the data', 'Prendre les valeurs des données'),
        help: text(
          'The values of that column, in the order of the new columns.',
          'Les valeurs de cette colonne, dans l’ordre des nouvelles colonnes.',
        ),
      }),
    ),
  rows: z
    .number()
    .int()
    .min(1)
    .max(5_000)
    .default(10)
    .meta(
      form('Rows that become columns', 'Lignes qui deviennent des colonnes', {
        advanced: true,
        help: text('Where no column has the new names.', 'Quand aucune colonne ne donne les nouveaux noms.'),
      }),
    ),
  ...columnSelectionFields,
  name_column: z
    .string()
    .min(1)
    .default('column')
    .meta(form('Column for the old names', 'Colonne des anciens noms', { advanced: true })),
  unseen: z
    .enum(['fail', 'ignore'])
    .default('fail')
    .meta(
      form('Rows that are not listed', 'Lignes absentes de la liste', {
        advanced: true,
        options: [option('fail', 'Fail', 'Échouer'), option('ignore', 'Leave out', 'Ignorer')],
      }),
    ),
  types: z
    .enum(['exact', 'text'])
    .default('exact')
    .meta(
      form('Columns of different types', 'Colonnes de types différents', {
        options: [option('exact', 'Common type', 'Type commun'), option('text', 'Texts', 'Textes')],
        help: text('Without a common type, transposing fails.', 'Sans type commun, la transposition échoue.'),
      }),
    ),
})
export type TransposeConfig = z.output<typeof config>

export const transposeDescriptor = defineModule({
  type: 'transform.transpose',
  version: 1,
  family: 'shape',
  title: { en: 'Transpose', fr: 'Transposer' },
  summary: {
    en: 'Turns columns into rows and rows into columns.',
    fr: 'Transforme les colonnes en lignes et les lignes en colonnes.',
  },
  documentation: {
    en: `Each column becomes a row, and each row a column. The first column of the result holds the old names.

The new names come from the values of \`header\`, listed in \`values\` so that the columns are the same on every run and known before any; the form takes them from the data. Each value may stand in one row only: two rows of one
name make the run fail. Without \`header\`, the first \`rows\` rows become \`row_1\`, \`row_2\`, …, in the order of the input.

A row that is not listed (or comes after \`rows\`) makes the run fail, unless \`unseen: ignore\`. A listed value that no row has gives an empty column.

Only some columns take part when they are chosen by name, pattern or kind; otherwise all but \`header\` do. Their values share one type, as in Unpivot: the smallest that holds all of them exactly, or texts (\`types: text\`). The rows come in the order of the columns.`,
    fr: `Chaque colonne devient une ligne, et chaque ligne une colonne. La première colonne du résultat contient les anciens noms.

Les nouveaux noms viennent des valeurs de \`header\`, listées dans \`values\` pour que les colonnes soient toujours les mêmes et connues d’avance ; le formulaire les prend des données. Chaque valeur ne peut être que dans une ligne : deux lignes d’un
même nom font échouer l’exécution. Sans \`header\`, les \`rows\` premières lignes deviennent \`row_1\`, \`row_2\`, …, dans l’ordre de l’entrée.

Une ligne qui n’est pas listée (ou vient après \`rows\`) fait échouer l’exécution, sauf avec \`unseen: ignore\`. Une valeur listée qu’aucune ligne n’a donne une colonne vide.

Seules les colonnes choisies par nom, motif ou genre sont transposées ; sinon toutes sauf \`header\`. Leurs valeurs partagent un type, comme dans Dépivoter : le plus petit qui les contient toutes exactement, ou des textes (\`types: text\`). Les lignes suivent l’ordre des colonnes.`,
  },
  icon: 'transpose',
  keywords: ['transpose', 'flip', 'rotate', 'swap rows and columns', 'transposer', 'tourner', 'lignes et colonnes'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Transposed', fr: 'Transposées' } }],
  config,
  defaultConfig: { values: [] },
  example: { header: 'year', values: [{ value: '2023' }, { value: '2024' }], name_column: 'indicator' },
  describe: ({ header, values, rows }) =>
    header ? `${values.length} values of ${header} → columns` : `First ${rows} rows → columns`,
})
