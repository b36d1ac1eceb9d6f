import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'
import { sortKeySchema } from '../../kit/sort-keys.ts'

const functionSchema = z.enum([
  'count',
  'count_distinct',
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'quantile',
  'mode',
  'stddev',
  'variance',
  'first',
  'last',
  'string_agg',
  'list',
  'all_true',
  'any_true',
  'expression',
])
export type MeasureFunction = z.output<typeof functionSchema>

const measureSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta(form('Name', 'Nom', { placeholder: 'revenue' })),
  function: functionSchema.default('count').meta(
    form('Function', 'Fonction', {
      options: [
        option('count', 'Count', 'Nombre'),
        option('count_distinct', 'Count of different values', 'Nombre de valeurs différentes'),
        option('sum', 'Sum', 'Somme'),
        option('avg', 'Average', 'Moyenne'),
        option('min', 'Smallest', 'Minimum'),
        option('max', 'Largest', 'Maximum'),
        option('median', 'Median', 'Médiane'),
        option('quantile', 'Quantile', 'Quantile'),
        option('mode', 'Most frequent', 'Valeur la plus fréquente'),
        option('stddev', 'Standard deviation', 'Écart type'),
        option('variance', 'Variance', 'Variance'),
        option('first', 'First in order', 'Première selon l’ordre'),
        option('last', 'Last in order', 'Dernière selon l’ordre'),
        option('string_agg', 'Joined text', 'Texte concaténé'),
        option('list', 'List', 'Liste'),
        option('all_true', 'All true', 'Toutes vraies'),
        option('any_true', 'Any true', 'Au moins une vraie'),
        option('expression', 'Expression', 'Expression'),
      ],
    }),
  ),
  column: z
    .string()
    .optional()
    .meta(form('Of column', 'De la colonne', { control: 'column', port: 'in' })),
  expression: z
    .string()
    .optional()
    .meta(
      form('Of expression', 'De l’expression', {
        control: 'expression',
        port: 'in',
        advanced: true,
        help: {
          en: 'Instead of a column. With the function “Expression”: the whole measure, such as sum(a) / sum(b).',
          fr: 'Au lieu d’une colonne. Avec la fonction « Expression » : toute la mesure, par exemple sum(a) / sum(b).',
        },
      }),
    ),
  filter: z
    .string()
    .optional()
    .meta(form('Only rows where', 'Seulement les lignes où', { control: 'expression', port: 'in', advanced: true })),
  distinct: z
    .boolean()
    .default(false)
    .meta(form('Different values only', 'Valeurs différentes seulement', { advanced: true })),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(form('In the order of', 'Dans l’ordre de', { control: 'list', advanced: true })),
  separator: z
    .string()
    .default(', ')
    .meta(form('Separator', 'Séparateur', { visibleWhen: { field: 'function', in: ['string_agg'] } })),
  quantile: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta(form('Share (0 to 1)', 'Part (0 à 1)', { visibleWhen: { field: 'function', in: ['quantile'] } })),
})
export type Measure = z.output<typeof measureSchema>

const groupSchema = z.union([
  z.string(),
  z.strictObject({
    name: z.string().min(1).meta(form('Name', 'Nom')),
    expression: z.string().meta(form('Expression', 'Expression', { control: 'expression', port: 'in' })),
  }),
])

const config = z.strictObject({
  group_by: z
    .array(groupSchema)
    .default([])
    .meta(
      form('Group by', 'Regrouper par', {
        control: 'columns',
        port: 'in',
        help: { en: 'Without any, all rows make one.', fr: 'Sans rien, toutes les lignes n’en font qu’une.' },
      }),
    ),
  measures: z
    .array(measureSchema)
    .default([])
    .meta(form('Measures', 'Mesures', { control: 'list' })),
  having: z
    .string()
    .optional()
    .meta(
      form('Keep groups where', 'Garder les groupes où', {
        control: 'expression',
        advanced: true,
        help: {
          en: 'Sees the columns of the result: revenue > 1000.',
          fr: 'Voit les colonnes du résultat : revenue > 1000.',
        },
      }),
    ),
})
export type AggregateConfig = z.output<typeof config>

export const aggregateDescriptor = defineModule({
  type: 'transform.aggregate',
  version: 1,
  family: 'shape',
  title: { en: 'Aggregate', fr: 'Agréger' },
  summary: {
    en: 'One row per group, with counts, sums and other measures.',
    fr: 'Une ligne par groupe, avec des nombres, sommes et autres mesures.',
  },
  documentation: {
    en: `One row for every combination of values in \`group_by\` (NULL is a value like any other), whose items are columns or
\`{ name, expression }\`. Without \`group_by\`, one row for everything, even for no rows at all.

- \`count\` without a column counts rows; with one, its non-empty values. Empty values take no part in any other measure, save \`first\`, \`last\` and \`list\`.
- \`sum\` of a whole-number column is a BIGINT and fails rather than overflow (of a 128-bit column, HUGEINT); of a DECIMAL it keeps the decimals, with
  38 digits. The sum of an \`expression\` keeps the type that DuckDB gives it.
- \`first\` and \`last\` need an \`order\`. \`list\`, \`string_agg\` and \`mode\` take the order of the values themselves unless they are given one, so that the result is always the same.
- \`filter\` restricts one measure; \`having\` keeps groups, and sees the columns of the result.`,
    fr: `Une ligne pour chaque combinaison de valeurs de \`group_by\` (NULL est une valeur comme une autre), dont les éléments sont des colonnes ou
\`{ name, expression }\`. Sans \`group_by\`, une ligne pour tout, même sans aucune ligne en entrée.

- \`count\` sans colonne compte les lignes ; avec une colonne, ses valeurs non vides. Les valeurs vides sont ignorées par les autres mesures, sauf \`first\`, \`last\` et \`list\`.
- \`sum\` d’une colonne entière est un BIGINT et échoue plutôt que de déborder (HUGEINT pour une colonne de 128 bits) ; d’un DECIMAL, elle garde les
  décimales, sur 38 chiffres. La somme d’une \`expression\` garde le type que DuckDB lui donne.
- \`first\` et \`last\` demandent un \`order\`. \`list\`, \`string_agg\` et \`mode\` suivent l’ordre des valeurs à défaut d’un autre : le résultat est toujours le même.
- \`filter\` restreint une mesure ; \`having\` garde des groupes, et voit les colonnes du résultat.`,
  },
  icon: 'aggregate',
  keywords: ['group', 'sum', 'count', 'average', 'total', 'pivot', 'regrouper', 'somme', 'moyenne', 'compter'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Groups', fr: 'Groupes' } }],
  config,
  defaultConfig: { group_by: [], measures: [{ name: 'rows', function: 'count' }] },
  example: {
    group_by: ['billing_country', { name: 'month', expression: "date_trunc('month', invoice_date)" }],
    measures: [
      { name: 'revenue', function: 'sum', column: 'total' },
      { name: 'customers', function: 'count_distinct', column: 'customer_id' },
    ],
    having: 'revenue > 1000',
  },
  describe: ({ group_by, measures }) => {
    const groups = group_by.map((group) => (typeof group === 'string' ? group : group.name)).join(', ')
    const shown = measures.slice(0, 3).map(describeMeasure).join(', ')
    const more = measures.length > 3 ? `, +${measures.length - 3}` : ''
    return [shown + more, groups && `by ${groups}`].filter(Boolean).join(' ')
  },
})

function describeMeasure({ name, function: operation, column, expression }: Measure): string {
  if (operation === 'expression') return name
  return `${operation}(${column ?? expression ?? ''})`
}
