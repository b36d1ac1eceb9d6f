import { z } from 'zod'
import { form, option, text } from './form.ts'
import { sortKeySchema } from './sort-keys.ts'

const OPTIONS = [
  option('count', 'Count', 'Nombre'),
  option('count_distinct', 'Count of different values', 'Nombre de valeurs différentes'),
  option('count_empty', 'Count of empty values', 'Nombre de valeurs vides'),
  option('count_if', 'Count of rows that are true', 'Nombre de lignes vraies'),
  option('sum', 'Sum', 'Somme'),
  option('avg', 'Average', 'Moyenne'),
  option('weighted_avg', 'Weighted average', 'Moyenne pondérée'),
  option('min', 'Smallest', 'Minimum'),
  option('max', 'Largest', 'Maximum'),
  option('median', 'Median', 'Médiane'),
  option('mode', 'Most frequent', 'Valeur la plus fréquente'),
  option('first', 'First in order', 'Première selon l’ordre'),
  option('last', 'Last in order', 'Dernière selon l’ordre'),
  option('only', 'The only value', 'La seule valeur'),
  option('arg_min', 'Value where another column is smallest', 'Valeur là où une autre colonne est minimale'),
  option('arg_max', 'Value where another column is largest', 'Valeur là où une autre colonne est maximale'),
  option('string_agg', 'Joined text', 'Texte concaténé'),
  option('list', 'List', 'Liste'),
  option('smallest', 'List of the smallest', 'Liste des plus petites'),
  option('largest', 'List of the largest', 'Liste des plus grandes'),
  option('histogram', 'Count of each value (map)', 'Nombre de chaque valeur (table)'),
  option('all_true', 'All true', 'Toutes vraies'),
  option('any_true', 'Any true', 'Au moins une vraie'),
  option('quantile', 'Quantile, between values', 'Quantile, entre deux valeurs'),
  option('quantile_value', 'Quantile, a value of the column', 'Quantile, une valeur de la colonne'),
  option('stddev', 'Standard deviation (sample)', 'Écart type (échantillon)'),
  option('stddev_pop', 'Standard deviation (population)', 'Écart type (population)'),
  option('variance', 'Variance (sample)', 'Variance (échantillon)'),
  option('variance_pop', 'Variance (population)', 'Variance (population)'),
  option('standard_error', 'Standard error of the average', 'Erreur type de la moyenne'),
  option('mad', 'Median absolute deviation', 'Écart absolu médian'),
  option('skewness', 'Skewness', 'Asymétrie'),
  option('kurtosis', 'Kurtosis (sample)', 'Aplatissement (échantillon)'),
  option('kurtosis_pop', 'Kurtosis (population)', 'Aplatissement (population)'),
  option('entropy', 'Entropy', 'Entropie'),
  option('product', 'Product', 'Produit'),
  option('geometric_mean', 'Geometric mean', 'Moyenne géométrique'),
  option('correlation', 'Correlation with', 'Corrélation avec'),
  option('covariance', 'Covariance with (sample)', 'Covariance avec (échantillon)'),
  option('covariance_pop', 'Covariance with (population)', 'Covariance avec (population)'),
  option('slope', 'Slope of the regression on', 'Pente de la régression sur'),
  option('intercept', 'Intercept of the regression on', 'Ordonnée à l’origine de la régression sur'),
  option('r_squared', 'R² of the regression on', 'R² de la régression sur'),
  option('bit_and', 'Bits set in all', 'Bits présents partout'),
  option('bit_or', 'Bits set in any', 'Bits présents au moins une fois'),
  option('bit_xor', 'Bits set an odd number of times', 'Bits présents un nombre impair de fois'),
  option('approx_count_distinct', 'Count of different values, approximate', 'Nombre de valeurs différentes, approché'),
  option('approx_quantile', 'Quantile, approximate', 'Quantile, approché'),
  option('approx_top', 'Most frequent values, approximate', 'Valeurs les plus fréquentes, approché'),
  option('expression', 'Expression', 'Expression'),
]

/** Measures that read a second column, `by`. */
export const PAIRED = [
  'weighted_avg',
  'arg_min',
  'arg_max',
  'correlation',
  'covariance',
  'covariance_pop',
  'slope',
  'intercept',
  'r_squared',
] as const
const COUNTED = ['smallest', 'largest', 'approx_top'] as const
/** Measures of an order: others are the same in any. */
export const ORDERED = ['first', 'last', 'string_agg', 'list', 'mode', 'expression'] as const

const functionSchema = z.enum([
  'count',
  'count_distinct',
  'count_empty',
  'count_if',
  'sum',
  'avg',
  'weighted_avg',
  'min',
  'max',
  'median',
  'mode',
  'first',
  'last',
  'only',
  'arg_min',
  'arg_max',
  'string_agg',
  'list',
  'smallest',
  'largest',
  'histogram',
  'all_true',
  'any_true',
  'quantile',
  'quantile_value',
  'stddev',
  'stddev_pop',
  'variance',
  'variance_pop',
  'standard_error',
  'mad',
  'skewness',
  'kurtosis',
  'kurtosis_pop',
  'entropy',
  'product',
  'geometric_mean',
  'correlation',
  'covariance',
  'covariance_pop',
  'slope',
  'intercept',
  'r_squared',
  'bit_and',
  'bit_or',
  'bit_xor',
  'approx_count_distinct',
  'approx_quantile',
  'approx_top',
  'expression',
])
export type MeasureFunction = z.output<typeof functionSchema>

/** One measure of a group of rows: `{ name: revenue, function: sum, column: total }`. */
export const measureSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta(form('Name', 'Nom', { placeholder: 'revenue' })),
  function: functionSchema.default('count').meta(form('Function', 'Fonction', { options: OPTIONS })),
  column: z
    .string()
    .optional()
    .meta(form('Of column', 'De la colonne', { control: 'column', port: 'in' })),
  by: z
    .string()
    .optional()
    .meta(
      form('And column', 'Et la colonne', {
        control: 'column',
        port: 'in',
        visibleWhen: { field: 'function', in: [...PAIRED] },
        help: text(
          'The weight; the column whose smallest or largest value decides; the other variable.',
          'Le poids ; la colonne dont le minimum ou le maximum décide ; l’autre variable.',
        ),
      }),
    ),
  expression: z
    .string()
    .optional()
    .meta(
      form('Of expression', 'De l’expression', {
        control: 'expression',
        port: 'in',
        advanced: true,
        help: text(
          'Instead of a column. With the function “Expression”: the whole measure, such as sum(a) / sum(b).',
          'Au lieu d’une colonne. Avec la fonction « Expression » : toute la mesure, par exemple sum(a) / sum(b).',
        ),
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
    .meta(
      form('In the order of', 'Dans l’ordre de', {
        control: 'list',
        visibleWhen: { field: 'function', in: ['first', 'last', 'string_agg', 'list', 'mode'] },
      }),
    ),
  separator: z
    .string()
    .default(', ')
    .meta(form('Separator', 'Séparateur', { visibleWhen: { field: 'function', in: ['string_agg'] } })),
  quantile: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta(
      form('Share (0 to 1)', 'Part (0 à 1)', {
        visibleWhen: { field: 'function', in: ['quantile', 'quantile_value', 'approx_quantile'] },
      }),
    ),
  n: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(3)
    .meta(form('How many', 'Combien', { visibleWhen: { field: 'function', in: [...COUNTED] } })),
})
export type Measure = z.output<typeof measureSchema>

/** `sum(total)`, for the line on a node. */
export function describeMeasure({ name, function: operation, column, expression }: Measure): string {
  if (operation === 'expression') return name
  return `${operation}(${column ?? expression ?? ''})`
}

/** What a group of no rows counts is zero; any other measure of it is empty. */
export const countsRows = (operation: MeasureFunction): boolean =>
  operation.startsWith('count') || operation === 'approx_count_distinct'

/** What there is to know of measures, for the documentation of the steps that have them. */
export const MEASURE_NOTES = {
  en: `- \`count\` without a column counts rows; with one, its non-empty values. Empty values take no part in any other measure, save \`first\`, \`last\`, \`list\` and \`count_empty\`.
- \`sum\` of a whole-number column is a BIGINT and fails rather than overflow (of a 128-bit column, HUGEINT); of a DECIMAL it keeps the decimals, with
  38 digits, and fails beyond. The sum of an \`expression\` keeps the type that DuckDB gives it. Sums and averages of DOUBLE columns may differ in the last digit from run to run,
  since threads add in any order: use DECIMAL for money.
- \`median\` and \`quantile\` lie between two values where they must: of a DECIMAL with one more decimal (quantile: four, cut off after that), of whole numbers a DOUBLE; \`quantile_value\` is always a value of the column.
- \`avg\`, \`weighted_avg\` (weight in \`by\`), \`product\` and the statistics are DOUBLEs. A sample’s standard deviation, variance and covariance of one value are empty.
- \`first\` and \`last\` need an \`order\`. \`list\`, \`string_agg\` and \`mode\` take the order of the values themselves unless they are given one, so that the result is always the same.
- \`arg_min\` and \`arg_max\` give the column’s value in the row where \`by\` is smallest or largest; of several such rows, the smallest (largest) value.
- \`only\` is for columns that should have one value in a group: it fails, naming two, when there are more.
- \`smallest\` and \`largest\` list \`n\` values; \`histogram\` maps each value to its count. Measures called approximate are quick, and close: they may differ a little from run to run.
- \`distinct\` takes each value once. \`filter\` restricts one measure. \`expression\` is any aggregate that DuckDB has: \`sum(a) / sum(b)\`.`,
  fr: `- \`count\` sans colonne compte les lignes ; avec une colonne, ses valeurs non vides. Les valeurs vides sont ignorées par les autres mesures, sauf \`first\`, \`last\`, \`list\` et \`count_empty\`.
- \`sum\` d’une colonne entière est un BIGINT et échoue plutôt que de déborder (HUGEINT pour une colonne de 128 bits) ; d’un DECIMAL, elle garde les
  décimales, sur 38 chiffres, et échoue au-delà. La somme d’une \`expression\` garde le type que DuckDB lui donne. Les sommes et moyennes de colonnes DOUBLE peuvent différer au dernier chiffre
  d’une exécution à l’autre, car les threads additionnent dans n’importe quel ordre : préférez DECIMAL pour de l’argent.
- \`median\` et \`quantile\` tombent au besoin entre deux valeurs : pour un DECIMAL avec une décimale de plus (quantile : quatre, tronquées ensuite), pour des entiers en DOUBLE ; \`quantile_value\` est toujours une valeur de la colonne.
- \`avg\`, \`weighted_avg\` (poids dans \`by\`), \`product\` et les statistiques sont des DOUBLE. L’écart type, la variance et la covariance d’échantillon d’une seule valeur sont vides.
- \`first\` et \`last\` demandent un \`order\`. \`list\`, \`string_agg\` et \`mode\` suivent l’ordre des valeurs à défaut d’un autre : le résultat est toujours le même.
- \`arg_min\` et \`arg_max\` donnent la valeur de la colonne dans la ligne où \`by\` est minimal ou maximal ; de plusieurs telles lignes, la plus petite (grande) valeur.
- \`only\` sert aux colonnes qui ne devraient avoir qu’une valeur par groupe : elle échoue, en citant deux valeurs, s’il y en a plusieurs.
- \`smallest\` et \`largest\` listent \`n\` valeurs ; \`histogram\` associe à chaque valeur son nombre. Les mesures dites approchées sont rapides et proches : elles peuvent varier un peu d’une exécution à l’autre.
- \`distinct\` prend chaque valeur une fois. \`filter\` restreint une mesure. \`expression\` est tout agrégat que DuckDB connaît : \`sum(a) / sum(b)\`.`,
} as const
