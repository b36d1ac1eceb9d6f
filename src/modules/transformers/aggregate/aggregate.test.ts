import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { aggregate } from './implementation.ts'

runFixtures(aggregate, new URL('./fixtures/', import.meta.url))

runHostile(aggregate, {
  config: ({ g, value, other }) => ({
    group_by: [g, other],
    measures: [
      { name: 'n', function: 'count' },
      { name: 'different', function: 'count_distinct', column: value },
      { name: 'low', function: 'min', column: value },
      { name: 'usual', function: 'mode', column: value },
      { name: 'texts', function: 'string_agg', column: value, distinct: true },
      { name: 'at most', function: 'arg_max', column: value, by: other },
      { name: 'all', function: 'list', column: value },
    ],
    totals: 'cube',
    level_column: 'level',
    total_label: 'Total',
  }),
})

const NUMBERS = [
  ...[
    'sum',
    'avg',
    'median',
    'quantile',
    'quantile_value',
    'smallest',
    'largest',
    'mode',
    'histogram',
    'only',
    'count_empty',
  ],
  ...['approx_count_distinct', 'approx_quantile', 'entropy', 'mad', 'product'],
]
const isNumber = (type: string) => /^(DOUBLE|INTEGER|U?BIGINT|HUGEINT|DECIMAL.*)$/.test(type)

// One group per row: each measure is of one value, which even the largest of a type has.
runHostile(aggregate, {
  config: ({ type, id, value }) =>
    isNumber(type)
      ? {
          group_by: [id],
          measures: NUMBERS.map((name) => ({ name: `the ${name}`, function: name, column: value })),
          totals: 'sets',
          sets: [{ groups: [id] }],
        }
      : undefined,
  refused: { 'unsigned 64-bit limits': 'sum.overflow' },
})

// Sums and statistics of limits: right, or an error in words.
runHostile(aggregate, {
  config: ({ type, value }) =>
    isNumber(type) ? { measures: [{ name: 'the sum', function: 'sum', column: value }] } : undefined,
  refused: { 'unsigned 64-bit limits': 'sum.overflow' },
})
runHostile(aggregate, {
  config: ({ type, value, other }) =>
    isNumber(type)
      ? {
          measures: [
            ...['stddev', 'variance_pop', 'standard_error', 'skewness', 'kurtosis'].map((name) => ({
              name: `the ${name}`,
              function: name,
              column: value,
            })),
            ...['weighted_avg', 'correlation', 'covariance', 'slope', 'r_squared', 'arg_min'].map((name) => ({
              name: `the ${name}`,
              function: name,
              column: value,
              by: other,
            })),
          ],
        }
      : undefined,
  refused: { 'NaN and infinity': 'measure.not-finite' },
})
