import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  kind: z
    .enum(['number', 'date', 'timestamp'])
    .default('number')
    .meta(
      form('Rows of', 'Des lignes de', {
        options: [
          option('number', 'Numbers', 'Nombres'),
          option('date', 'Dates', 'Dates'),
          option('timestamp', 'Dates with a time', 'Dates avec une heure'),
        ],
      }),
    ),
  name: z.string().min(1).meta(form('Column', 'Colonne')),
  from: z
    .union([z.string(), z.number()])
    .default('1')
    .meta(
      form('From', 'De', {
        control: 'text',
        placeholder: '2024-01-01',
        help: text('A value, or a parameter such as $since.', 'Une valeur, ou un paramètre comme $since.'),
      }),
    ),
  to: z
    .union([z.string(), z.number()])
    .optional()
    .meta(form('To (included)', 'À (inclus)', { control: 'text', placeholder: '2024-12-31' })),
  rows: z.number().int().min(0).max(1_000_000_000).optional().meta(form('Or how many rows', 'Ou combien de lignes')),
  step: z
    .union([z.string(), z.number()])
    .default(1)
    .meta(
      form('Every', 'Tous les', {
        control: 'text',
        help: text(
          'Always positive: the direction is that from the first value to the last.',
          'Toujours positif : le sens va de la première valeur à la dernière.',
        ),
      }),
    ),
  unit: z
    .enum(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'])
    .default('day')
    .meta(
      form('Unit', 'Unité', {
        visibleWhen: { field: 'kind', in: ['date', 'timestamp'] },
        options: [
          option('year', 'Years', 'Années'),
          option('quarter', 'Quarters', 'Trimestres'),
          option('month', 'Months', 'Mois'),
          option('week', 'Weeks', 'Semaines'),
          option('day', 'Days', 'Jours'),
          option('hour', 'Hours', 'Heures'),
          option('minute', 'Minutes', 'Minutes'),
          option('second', 'Seconds', 'Secondes'),
        ],
      }),
    ),
  columns: z
    .array(
      z.strictObject({
        name: z.string().min(1).meta(form('Name', 'Nom')),
        expression: z
          .string()
          .meta(form('Expression', 'Expression', { control: 'expression', placeholder: 'value * value' })),
      }),
    )
    .default([])
    .meta(
      form('Further columns', 'Autres colonnes', {
        control: 'list',
        advanced: true,
        help: text('Each sees the ones above it.', 'Chacune voit celles du dessus.'),
      }),
    ),
})
export type RowsConfig = z.output<typeof config>

export const rowsDescriptor = defineModule({
  type: 'extract.rows',
  version: 1,
  family: 'extract',
  title: text('Generate rows', 'Générer des lignes'),
  summary: text(
    'Numbers, dates or times one after another: a calendar, a sequence, test data.',
    'Des nombres, dates ou heures à la suite : un calendrier, une séquence, des données d’essai.',
  ),
  documentation: text(
    `From \`from\` to \`to\`, both included where the steps reach it, or as many as \`rows\`. Where \`to\` is smaller, it counts down.

Numbers are BIGINT, or DECIMAL with the decimals that they are written with: steps of 0.1 are exact. Dates are DATE, and move by days or longer; times are TIMESTAMP. Each is worked out from the
first, so that months after 31 January are 29 February, 31 March, 30 April. \`from\` and \`to\` may be parameters of the pipeline: \`$since\`.

\`columns\` are expressions over the generated column and each other: \`hash(value) % 100\`. For a calendar, put “Date parts” after it. The rows come in order.`,
    `De \`from\` à \`to\`, compris si les pas y mènent, ou autant que \`rows\`. Si \`to\` est plus petit, cela descend.

Les nombres sont des BIGINT, ou des DECIMAL avec les décimales écrites : des pas de 0.1 sont exacts. Les dates sont des DATE, par jours ou plus ; les heures des TIMESTAMP. Chaque valeur se calcule depuis
la première : après le 31 janvier viennent le 29 février, le 31 mars, le 30 avril. \`from\` et \`to\` peuvent être des paramètres : \`$since\`.

\`columns\` sont des expressions sur la colonne générée et entre elles. Pour un calendrier, ajoutez « Parties de date ». Les lignes viennent dans l’ordre.`,
  ),
  icon: 'generate',
  keywords: [
    ...['generate', 'sequence', 'series', 'calendar', 'date dimension', 'numbers', 'loop', 'test data', 'counter'],
    ...['générer', 'séquence', 'calendrier', 'série', 'dimension de date'],
  ],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { kind: 'number', name: 'value', from: '1', to: '10' },
  example: {
    kind: 'date',
    name: 'day',
    from: '2024-01-01',
    to: '2024-12-31',
    columns: [{ name: 'year', expression: 'year(day)' }],
  },
  describe: ({ from, to, rows, step, unit, kind }) => {
    const end = to === undefined ? `${rows ?? 0} rows` : `to ${to}`
    const every = kind === 'number' ? `${step}` : `${step} ${unit}`
    return `${from} ${end}${every === '1' ? '' : ` · every ${every}`}`.slice(0, 190)
  },
})
