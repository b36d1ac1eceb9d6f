import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

export const windowFunctionSchema = z.enum([
  ...(['previous', 'next', 'first', 'last', 'nth'] as const),
  ...(['running_total', 'running_count', 'running_min', 'running_max', 'running_average'] as const),
  ...(['moving_total', 'moving_count', 'moving_min', 'moving_max', 'moving_average'] as const),
  ...(['difference', 'percent_change'] as const),
  ...(['share', 'running_share'] as const),
  ...(['group_total', 'group_count', 'group_min', 'group_max', 'group_average'] as const),
])
export type WindowFunction = z.output<typeof windowFunctionSchema>

const MOVING = ['moving_total', 'moving_count', 'moving_min', 'moving_max', 'moving_average']
const OFFSET = ['previous', 'next', 'nth', 'difference', 'percent_change']
const SHARES = ['share', 'running_share', 'percent_change']

const measureSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta(form('Name', 'Nom', { placeholder: 'running_total' })),
  function: windowFunctionSchema.default('running_total').meta(
    form('Measure', 'Mesure', {
      options: [
        option('previous', 'Value of an earlier row (lag)', 'Valeur d’une ligne précédente'),
        option('next', 'Value of a later row (lead)', 'Valeur d’une ligne suivante'),
        option('first', 'First value', 'Première valeur'),
        option('last', 'Last value', 'Dernière valeur'),
        option('nth', 'Nth value', 'Nième valeur'),
        option('running_total', 'Running total', 'Cumul'),
        option('running_count', 'Running count', 'Nombre cumulé'),
        option('running_min', 'Smallest so far', 'Minimum jusqu’ici'),
        option('running_max', 'Largest so far', 'Maximum jusqu’ici'),
        option('running_average', 'Average so far', 'Moyenne jusqu’ici'),
        option('moving_total', 'Moving total', 'Somme mobile'),
        option('moving_count', 'Moving count', 'Nombre mobile'),
        option('moving_min', 'Moving smallest', 'Minimum mobile'),
        option('moving_max', 'Moving largest', 'Maximum mobile'),
        option('moving_average', 'Moving average', 'Moyenne mobile'),
        option('difference', 'Difference to an earlier row', 'Différence avec une ligne précédente'),
        option('percent_change', 'Change, as a share', 'Variation relative'),
        option('share', 'Share of the total', 'Part du total'),
        option('running_share', 'Running share of the total', 'Part cumulée du total'),
        option('group_total', 'Total of the group', 'Total du groupe'),
        option('group_count', 'Count of the group', 'Nombre du groupe'),
        option('group_min', 'Smallest of the group', 'Minimum du groupe'),
        option('group_max', 'Largest of the group', 'Maximum du groupe'),
        option('group_average', 'Average of the group', 'Moyenne du groupe'),
      ],
    }),
  ),
  column: z
    .string()
    .optional()
    .meta(
      form('Of column', 'De la colonne', {
        control: 'column',
        port: 'in',
        help: text('Without one, counts count rows.', 'Sans elle, les nombres comptent les lignes.'),
      }),
    ),
  offset: z
    .number()
    .int()
    .min(1)
    .default(1)
    .meta(
      form('How many rows away (or N)', 'À combien de lignes (ou N)', {
        visibleWhen: { field: 'function', in: OFFSET },
      }),
    ),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .meta(
      form('Where there is no such row', 'Là où cette ligne manque', {
        control: 'text',
        advanced: true,
        visibleWhen: { field: 'function', in: ['previous', 'next'] },
      }),
    ),
  skip_empty: z
    .boolean()
    .default(false)
    .meta(
      form('Skip empty values', 'Sauter les valeurs vides', {
        advanced: true,
        visibleWhen: { field: 'function', in: [...OFFSET, 'first', 'last'] },
      }),
    ),
  over: z
    .enum(['rows', 'range'])
    .default('rows')
    .meta(
      form('Window of', 'Fenêtre de', {
        visibleWhen: { field: 'function', in: MOVING },
        options: [
          option('rows', 'A number of rows', 'Un nombre de lignes'),
          option('range', 'A distance in the order: days, months, …', 'Une distance dans l’ordre : jours, mois…'),
        ],
      }),
    ),
  before: z
    .number()
    .min(0)
    .default(2)
    .meta(form('How far before', 'Combien avant', { visibleWhen: { field: 'function', in: MOVING } })),
  after: z
    .number()
    .min(0)
    .default(0)
    .meta(form('How far after', 'Combien après', { visibleWhen: { field: 'function', in: MOVING } })),
  unit: z
    .enum(['value', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'])
    .default('day')
    .meta(
      form('Unit', 'Unité', {
        visibleWhen: { field: 'over', in: ['range'] },
        options: [
          option('value', 'The order column’s own number', 'Le nombre de la colonne d’ordre'),
          option('second', 'Seconds', 'Secondes'),
          option('minute', 'Minutes', 'Minutes'),
          option('hour', 'Hours', 'Heures'),
          option('day', 'Days', 'Jours'),
          option('week', 'Weeks', 'Semaines'),
          option('month', 'Months', 'Mois'),
          option('quarter', 'Quarters', 'Trimestres'),
          option('year', 'Years', 'Années'),
        ],
      }),
    ),
  include_current: z
    .boolean()
    .default(true)
    .meta(
      form('Include the row itself', 'Comprendre la ligne elle-même', {
        advanced: true,
        visibleWhen: { field: 'function', in: MOVING },
      }),
    ),
  complete_only: z
    .boolean()
    .default(false)
    .meta(
      form('Only where the window is complete', 'Seulement quand la fenêtre est complète', {
        advanced: true,
        visibleWhen: { field: 'function', in: MOVING },
        help: text('Empty until there are that many rows.', 'Vide tant qu’il n’y a pas autant de lignes.'),
      }),
    ),
  decimals: z
    .number()
    .int()
    .min(0)
    .max(18)
    .optional()
    .meta(
      form('Decimals of the share', 'Décimales de la part', {
        advanced: true,
        visibleWhen: { field: 'function', in: SHARES },
        help: text('Makes it a DECIMAL; without, a DOUBLE.', 'En fait un DECIMAL ; sinon, un DOUBLE.'),
      }),
    ),
})
export type WindowMeasure = z.output<typeof measureSchema>

const config = z.strictObject({
  group_by: z
    .array(z.string())
    .default([])
    .meta(form('For each', 'Pour chaque', { control: 'columns', port: 'in' })),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(form('In the order of', 'Dans l’ordre de', { control: 'list' })),
  measures: z
    .array(measureSchema)
    .min(1, 'add at least one measure')
    .meta(form('Measures', 'Mesures', { control: 'list' })),
})
export type WindowConfig = z.output<typeof config>

export const windowDescriptor = defineModule({
  type: 'transform.window',
  version: 1,
  family: 'compute',
  title: text('Window', 'Fenêtre'),
  summary: text(
    'Running totals, moving averages, earlier and later rows, shares of a total.',
    'Cumuls, moyennes mobiles, lignes précédentes et suivantes, parts d’un total.',
  ),
  documentation: text(
    `Every measure adds a column; no row is lost. All go by one definition: \`group_by\`, inside which they start afresh, and \`order\`. Everything but shares and the measures of the
group needs an order. Rows that are equal in it are told apart by all their other columns, so that the result is the same on every run.

**Rows.** \`previous\` and \`next\` look \`offset\` rows away; where there is none, they are empty or the \`default\`. \`nth\` counts from the first row of the group.
\`skip_empty\` takes no notice of rows whose value is empty.

**Moving** windows reach \`before\` and \`after\` the row, which is one of them unless \`include_current: false\`. \`over: range\` measures in the order instead of rows: \`before: 7\`,
\`unit: day\` takes all rows of the seven days before and of the same moment; it needs one order column, a date, time or number. With \`unit: month\` the window reaches to
the same day of the month. \`complete_only\` is for windows of rows.

**Types.** The total of a whole-number column is a BIGINT and fails rather than overflow (of a 128-bit column, HUGEINT); of a DECIMAL it keeps the decimals with 38 digits; averages are DOUBLE.
The difference of whole numbers is a BIGINT (of 64 bits unsigned: HUGEINT), of dates a number of days, of timestamps an INTERVAL. Empty values do not count; a running total
stays where it was on them, and is empty before the first value.

**Shares** and \`percent_change\` are fractions of 1 (0.25 is 25 %): DOUBLE, or with \`decimals\` a DECIMAL rounded to them. Where that would divide by zero, or by nothing, they are empty.
The order of the rows may change: sort after this step.`,
    `Chaque mesure ajoute une colonne ; aucune ligne ne se perd. Toutes suivent une définition : \`group_by\`, où elles recommencent, et \`order\`. Tout sauf les parts et les mesures du
groupe demande un ordre. Les lignes égales sont départagées par toutes leurs autres colonnes : le résultat est toujours le même.

**Lignes.** \`previous\` et \`next\` regardent à \`offset\` lignes ; s’il n’y en a pas, la valeur est vide ou \`default\`. \`nth\` compte depuis la première ligne du groupe.
\`skip_empty\` ignore les lignes dont la valeur est vide.

**Fenêtres mobiles** : de \`before\` à \`after\` autour de la ligne, qui en fait partie sauf \`include_current: false\`. \`over: range\` mesure dans l’ordre plutôt qu’en lignes : \`before: 7\`,
\`unit: day\` prend toutes les lignes des sept jours qui précèdent et du même instant ; il faut une seule colonne d’ordre : date, heure ou nombre. \`complete_only\` vaut pour des lignes.

**Types.** Le total d’entiers est un BIGINT et échoue plutôt que de déborder (HUGEINT sur 128 bits) ; celui d’un DECIMAL garde ses décimales, sur 38 chiffres ; les moyennes sont des DOUBLE.
La différence d’entiers est un BIGINT, de dates un nombre de jours, de timestamps un INTERVAL. Les valeurs vides ne comptent pas.

**Les parts** et \`percent_change\` sont des fractions de 1 (0,25 vaut 25 %) : DOUBLE, ou avec \`decimals\` un DECIMAL arrondi. Une division par zéro donne une valeur vide.
L’ordre des lignes peut changer : triez après cette étape.`,
  ),
  icon: 'window',
  keywords: [
    ...[
      'running total',
      'cumulative',
      'moving average',
      'rolling',
      'lag',
      'lead',
      'previous row',
      'multi-row formula',
      'share',
      'percent of total',
    ],
    ...['table calculation', 'cumul', 'moyenne mobile', 'glissante', 'part du total', 'ligne précédente', 'variation'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { order: [{ column: '' }], measures: [{ name: 'running_total', function: 'running_total' }] },
  example: {
    group_by: ['country'],
    order: [{ column: 'month' }],
    measures: [
      { name: 'so_far', function: 'running_total', column: 'revenue' },
      { name: 'average_3_months', function: 'moving_average', column: 'revenue', before: 2 },
      { name: 'growth', function: 'percent_change', column: 'revenue', decimals: 4 },
    ],
  },
  describe: ({ measures, group_by, order }) => {
    const names = measures
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')
    const more = measures.length > 3 ? `, +${measures.length - 3}` : ''
    const by = group_by.length > 0 ? ` per ${group_by.join(', ')}` : ''
    return `${names}${more}${by}${order.length > 0 ? ` · ${describeKeys(order)}` : ''}`.slice(0, 190)
  },
})
