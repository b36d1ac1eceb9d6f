import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeMeasure, measureSchema } from '../../kit/measure-schema.ts'

const valueSchema = z.strictObject({
  value: z
    .string()
    .optional()
    .meta(form('Value', 'Valeur', { help: text('None: the empty values.', 'Aucune : les valeurs vides.') })),
  name: z.string().min(1).optional().meta(form('Name of its column', 'Nom de sa colonne')),
})

const config = z.strictObject({
  column: z
    .string()
    .optional()
    .meta(
      form('Values of this column become columns', 'Les valeurs de cette colonne deviennent des colonnes', {
        control: 'column',
        port: 'in',
      }),
    ),
  group_by: z
    .array(z.string())
    .default([])
    .meta(
      form('One row per', 'Une ligne par', {
        control: 'columns',
        port: 'in',
        help: text('Without any, all rows make one.', 'Sans rien, toutes les lignes n’en font qu’une.'),
      }),
    ),
  measures: z
    .array(measureSchema)
    .default([])
    .meta(form('Measures', 'Mesures', { control: 'list' })),
  values: z
    .array(valueSchema)
    .default([])
    .meta(
      form('Columns', 'Colonnes', {
        control: 'list',
        fromData: text('Take the values from the data', 'Prendre les valeurs des données'),
        help: text(
          'The values that become columns, in this order. They stand in the file, so that the columns are always the same.',
          'Les valeurs qui deviennent des colonnes, dans cet ordre. Elles sont dans le fichier : les colonnes sont toujours les mêmes.',
        ),
      }),
    ),
  unseen: z
    .enum(['fail', 'ignore', 'other'])
    .default('fail')
    .meta(
      form('Values that are not listed', 'Valeurs absentes de la liste', {
        options: [
          option('fail', 'Fail', 'Échouer'),
          option('ignore', 'Leave out', 'Ignorer'),
          option('other', 'A column of their own', 'Une colonne à part'),
        ],
      }),
    ),
  other_name: z
    .string()
    .min(1)
    .default('other')
    .meta(form('Name of that column', 'Nom de cette colonne', { visibleWhen: { field: 'unseen', in: ['other'] } })),
  missing: z
    .string()
    .optional()
    .meta(
      form('In place of what is missing', 'À la place de ce qui manque', {
        advanced: true,
        placeholder: '0',
        help: text(
          'Where a row has no such value. Otherwise it is empty, and counts are 0.',
          'Là où une ligne n’a pas cette valeur. Sinon c’est vide, et les nombres sont 0.',
        ),
      }),
    ),
  names: z
    .string()
    .optional()
    .meta(
      form('Names of the columns', 'Noms des colonnes', {
        advanced: true,
        placeholder: '{value}_{measure}',
        help: text(
          '{value} and {measure} are filled in. Without it, the value, followed by the measure where there are several.',
          '{value} et {measure} sont remplacés. Sinon : la valeur, suivie de la mesure s’il y en a plusieurs.',
        ),
      }),
    ),
})
export type PivotConfig = z.output<typeof config>

export const pivotDescriptor = defineModule({
  type: 'transform.pivot',
  version: 1,
  family: 'shape',
  title: { en: 'Pivot', fr: 'Pivoter' },
  summary: {
    en: 'Turns the values of a column into columns.',
    fr: 'Transforme les valeurs d’une colonne en colonnes.',
  },
  documentation: {
    en: `One row for every combination of \`group_by\`, and for every one of the \`values\` a column with the \`measures\` of the rows that have it: a table of sales by month gets a column for each month.

The values are listed in the file, with the names of their columns where these should differ, so that the columns are the same on every run and known before any. The form takes them from the data:
pressing its button again adds new ones and leaves the others as they are. A value is compared as what its column holds (\`1\` is \`1.0\` in a column of numbers); one without \`value\` stands for the empty values.

Rows whose value is not listed make the run fail, so that nothing is lost unseen; or they are left out, or measured together in a column of their own. A group that has only such rows keeps its row.

Where a group has no row with a value, its cell is \`missing\`, or else NULL; counts are 0. Measures are those of the Aggregate step, with its types. The order of the rows is not defined: sort after it.`,
    fr: `Une ligne pour chaque combinaison de \`group_by\`, et pour chacune des \`values\` une colonne avec les \`measures\` des lignes qui l’ont : une table de ventes par mois reçoit une colonne par mois.

Les valeurs sont listées dans le fichier, avec le nom de leur colonne s’il doit différer : les colonnes sont les mêmes à chaque exécution et connues d’avance. Le formulaire les prend des données :
un nouvel appui sur son bouton ajoute les nouvelles et laisse les autres. Une valeur est comparée selon le type de sa colonne (\`1\` vaut \`1.0\` parmi des nombres) ; sans \`value\`, elle désigne les valeurs vides.

Les lignes dont la valeur n’est pas listée font échouer l’exécution, pour que rien ne se perde sans bruit ; ou elles sont ignorées, ou mesurées ensemble dans une colonne à part. Un groupe qui n’a que de telles lignes garde la sienne.

Là où un groupe n’a aucune ligne pour une valeur, la cellule est \`missing\`, sinon NULL ; les nombres valent 0. Les mesures sont celles de l’étape Agréger, avec leurs types. L’ordre des lignes n’est pas défini : triez ensuite.`,
  },
  icon: 'pivot',
  keywords: [
    ...['pivot', 'cross tab', 'crosstab', 'rows to columns', 'widen', 'wide', 'spread', 'pivot table', 'denormaliser'],
    ...['tableau croisé', 'lignes en colonnes', 'élargir'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Pivoted', fr: 'Pivotées' } }],
  config,
  defaultConfig: { column: '', group_by: [], measures: [{ name: 'rows', function: 'count' }], values: [] },
  example: {
    column: 'month',
    group_by: ['country'],
    measures: [{ name: 'revenue', function: 'sum', column: 'total' }],
    values: [
      { value: '2024-01', name: 'january' },
      { value: '2024-02', name: 'february' },
    ],
    unseen: 'other',
    missing: '0',
  },
  describe: ({ column, group_by, measures }) => {
    const shown = measures.slice(0, 2).map(describeMeasure).join(', ')
    return (
      [shown, column && `per ${column}`, group_by.length > 0 && `by ${group_by.join(', ')}`]
        .filter(Boolean)
        .join(' ') || 'Values to columns'
    )
  },
})
