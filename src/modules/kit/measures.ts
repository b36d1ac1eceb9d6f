import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { assertNever } from '../../shared/result.ts'
import { condition } from './condition.ts'
import { expression, type Parameters } from './expression.ts'
import { failure } from './failure.ts'
import { atField, type FieldPath } from './fields.ts'
import { requireColumn } from './inputs.ts'
import { type Measure, type MeasureFunction, PAIRED } from './measure-schema.ts'
import { orderBy } from './sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'
import { columnType, integerType, isFloat, isScalar, type SqlType, typeSql } from './types.ts'

/** What a measure may speak of. */
export interface MeasureContext {
  readonly nodeId: string
  readonly columns: readonly Column[]
  readonly parameters: Parameters
  /** The rows that count, beside the measure's own filter; not for an expression, which says by itself. */
  readonly only?: Sql
}

/**
 * One measure as SQL, for a SELECT with GROUP BY.
 * @throws LogiDataError about a field of the measure
 */
export function measureSql(measure: Measure, context: MeasureContext, field: FieldPath): Sql {
  const text = measure.expression?.trim()
  const where = measure.filter?.trim()
  const own = where ? atField([...field, 'filter'], () => condition(where, context.parameters)) : undefined
  const filter = own && context.only ? sql`(${context.only}) AND (${own})` : (own ?? context.only)
  if (measure.function === 'expression') {
    if (!text)
      throw userError('config.missing', 'Write the expression of this measure.', { field: [...field, 'expression'] })
    if (own)
      throw userError('measure.filter-unused', `“${measure.name}” is an expression: its filter belongs into it.`, {
        field: [...field, 'filter'],
        hint: 'Write sum(amount) FILTER (WHERE paid).',
      })
    return atField([...field, 'expression'], () => expression(text, context.parameters))
  }
  if (text && measure.column)
    throw userError('measure.ambiguous', 'A measure is of a column or of an expression, not both.', {
      field: [...field],
    })
  const column = measure.column ? requireColumn(context.columns, measure.column, [...field, 'column']) : undefined
  const value = column
    ? finite(column, measure, context, [...field, 'column'], filter)
    : text
      ? atField([...field, 'expression'], () => expression(text, context.parameters))
      : undefined
  const of = (call: Sql): Sql => (filter ? sql`${call} FILTER (WHERE ${filter})` : call)
  if (value === undefined) {
    if (measure.function === 'count') return of(raw('count(*)'))
    throw userError('config.missing', 'Choose the column that this measure is of.', { field: [...field, 'column'] })
  }
  const operand = { measure, value, type: column ? columnType(column.type) : undefined, of, context, field }
  return (PAIRED as readonly MeasureFunction[]).includes(measure.function)
    ? paired(operand, filter)
    : single(operand, filter)
}

interface Operand {
  readonly measure: Measure
  readonly value: Sql
  /** Unknown of an expression. */
  readonly type: SqlType | undefined
  /** An aggregate's call, over the rows that the measure takes. */
  readonly of: (call: Sql) => Sql
  readonly context: MeasureContext
  readonly field: FieldPath
}

/** Calls that take the value alone. */
const PLAIN: Partial<Record<MeasureFunction, string>> = {
  count: 'count',
  avg: 'avg',
  min: 'min',
  max: 'max',
  stddev: 'stddev_samp',
  stddev_pop: 'stddev_pop',
  variance: 'var_samp',
  variance_pop: 'var_pop',
  mad: 'mad',
  skewness: 'skewness',
  kurtosis: 'kurtosis',
  kurtosis_pop: 'kurtosis_pop',
  entropy: 'entropy',
  product: 'product',
  all_true: 'bool_and',
  any_true: 'bool_or',
  bit_and: 'bit_and',
  bit_or: 'bit_or',
  bit_xor: 'bit_xor',
  histogram: 'histogram',
  approx_count_distinct: 'approx_count_distinct',
}

/** DuckDB ends with “out of range” where one of these meets NaN or infinity, without saying which column had it. */
const OF_FINITE: readonly MeasureFunction[] = [
  ...(['stddev', 'stddev_pop', 'variance', 'variance_pop', 'standard_error', 'skewness', 'kurtosis'] as const),
  ...(['kurtosis_pop', 'correlation', 'covariance', 'covariance_pop', 'slope', 'intercept', 'r_squared'] as const),
]

function finite(
  column: Column,
  { function: operation, name }: Measure,
  context: MeasureContext,
  field: FieldPath,
  filter: Sql | undefined,
): Sql {
  const value = identifier(column.name)
  if (!OF_FINITE.includes(operation) || !isFloat(columnType(column.type))) return value
  const error = failure(
    'measure.not-finite',
    field,
    [`“${column.name}” holds `, sql`CAST(${value} AS VARCHAR)`, `, of which there is no ${operation} (“${name}”).`],
    `Let the measure take only rows where isfinite("${column.name.replaceAll('"', '""').replaceAll(/[⟧|]/g, '')}").`,
    context.nodeId,
  )
  // What an aggregate reads is computed before its FILTER.
  const taken = filter ? sql` AND ${filter}` : raw('')
  return sql`CASE WHEN NOT isfinite(${value})${taken} THEN ${error} ELSE ${value} END`
}

function single(operand: Operand, filter: Sql | undefined): Sql {
  const { measure, value, of, context, field } = operand
  const { function: operation } = measure
  const distinct = raw(measure.distinct ? 'DISTINCT ' : '')
  const plain = PLAIN[operation]
  if (plain !== undefined) return of(sql`${raw(plain)}(${distinct}${value})`)
  const order =
    measure.order.length > 0
      ? orderBy(measure.order, context.columns, context.parameters, [...field, 'order'])
      : undefined
  /** Threads bring rows in any order: without one given, the values' own makes the result the same every time. */
  const inSomeOrder = order ? sql` ORDER BY ${order}` : sql` ORDER BY ${value} ASC NULLS LAST`
  switch (operation) {
    case 'count_distinct':
      return of(sql`count(DISTINCT ${value})`)
    case 'count_empty':
      return sql`count(*) FILTER (WHERE ${filter ? sql`${filter} AND ` : raw('')}${value} IS NULL)`
    case 'count_if':
      return sql`count(*) FILTER (WHERE ${filter ? sql`${filter} AND ` : raw('')}${truth(operand)})`
    case 'sum':
      return exactSum(of(sql`sum(${distinct}${value})`), operand)
    case 'median':
      return of(sql`median(${distinct}${withDecimals(operand, 1)})`)
    case 'quantile':
      return of(sql`quantile_cont(${distinct}${withDecimals(operand, 4)}, ${measure.quantile})`)
    case 'quantile_value':
      return of(sql`quantile_disc(${distinct}${value}, ${measure.quantile})`)
    case 'approx_quantile':
      return of(sql`approx_quantile(${value}, ${measure.quantile})`)
    case 'approx_top':
      return of(sql`approx_top_k(${value}, ${measure.n})`)
    case 'smallest':
      return smallest(operand, 'ASC')
    case 'largest':
      return smallest(operand, 'DESC')
    // DuckDB's own sem() divides by n, as for a whole population.
    case 'standard_error':
      return sql`${of(sql`stddev_samp(${distinct}${value})`)} / nullif(sqrt(${of(sql`count(${distinct}${value})`)}), 0)`
    case 'geometric_mean':
      return sql`exp(${of(sql`avg(${distinct}ln(${filter ? sql`CASE WHEN ${filter} THEN ${value} END` : value}))`)})`
    case 'mode':
      return of(sql`mode(${value}${inSomeOrder})`)
    case 'string_agg':
      return of(
        sql`string_agg(${distinct}CAST(${value} AS VARCHAR), ${measure.separator}${measure.distinct && !order ? sql` ORDER BY CAST(${value} AS VARCHAR)` : inSomeOrder})`,
      )
    case 'list':
      return of(sql`list(${distinct}${value}${inSomeOrder})`)
    case 'only':
      return only(operand)
    case 'first':
    case 'last':
      if (!order)
        throw userError('measure.order-missing', `“${measure.name}” needs an order: ${operation} by what?`, {
          field: [...field, 'order'],
        })
      return of(sql`${raw(operation)}(${value} ORDER BY ${order})`)
    default:
      throw new TypeError(`no SQL for the measure ${operation}`)
  }
}

function paired({ measure, value, of, context, field }: Operand, filter: Sql | undefined): Sql {
  if (!measure.by)
    throw userError('config.missing', `Choose the second column of “${measure.name}”.`, { field: [...field, 'by'] })
  const other = finite(
    requireColumn(context.columns, measure.by, [...field, 'by']),
    measure,
    context,
    [...field, 'by'],
    filter,
  )
  const operation = measure.function as (typeof PAIRED)[number]
  switch (operation) {
    case 'arg_min':
    case 'arg_max':
      // The pair breaks ties: of rows with one `by`, threads could bring any first.
      return of(sql`${raw(operation)}(${value}, CASE WHEN ${other} IS NOT NULL THEN row(${other}, ${value}) END)`)
    case 'weighted_avg': {
      const weight = sql`CASE WHEN ${value} IS NOT NULL THEN CAST(${other} AS DOUBLE) END`
      return sql`${of(sql`sum(CAST(${value} AS DOUBLE) * CAST(${other} AS DOUBLE))`)} / nullif(${of(sql`sum(${weight})`)}, 0)`
    }
    case 'correlation':
      return of(sql`corr(${value}, ${other})`)
    case 'covariance':
      return of(sql`covar_samp(${value}, ${other})`)
    case 'covariance_pop':
      return of(sql`covar_pop(${value}, ${other})`)
    case 'slope':
      return of(sql`regr_slope(${value}, ${other})`)
    case 'intercept':
      return of(sql`regr_intercept(${value}, ${other})`)
    case 'r_squared':
      return of(sql`regr_r2(${value}, ${other})`)
    default:
      return assertNever(operation)
  }
}

/** A column of another type is no condition; of an expression, the probe of `condition` asks. */
function truth({ measure, value, type, context, field }: Operand): Sql {
  const text = measure.expression?.trim()
  if (text) return atField([...field, 'expression'], () => condition(text, context.parameters))
  if (type && !isScalar(type, 'BOOLEAN'))
    throw userError('measure.not-boolean', `“${measure.column}” is not a column of true and false.`, {
      field: [...field, 'column'],
      hint: 'Write a condition as the expression of the measure instead, such as amount > 100.',
    })
  return value
}

function smallest({ measure, value, of }: Operand, direction: 'ASC' | 'DESC'): Sql {
  const list = measure.distinct ? sql`list_sort(${of(sql`list(DISTINCT ${value})`)}, ${direction})` : undefined
  // Without the empty values, which `list` would keep.
  if (list) return sql`list_slice(list_filter(${list}, lambda each: each IS NOT NULL), 1, ${measure.n})`
  return of(sql`${raw(direction === 'ASC' ? 'min' : 'max')}(${value}, ${measure.n})`)
}

function only({ measure, value, of, context, field }: Operand): Sql {
  const [low, high] = [of(sql`min(${value})`), of(sql`max(${value})`)]
  const shown = (one: Sql): Sql => sql`left(CAST(${one} AS VARCHAR), 80)`
  const error = failure(
    'measure.several-values',
    field,
    [`“${measure.name}” has several values in one group, such as “`, shown(low), '” and “', shown(high), '”.'],
    'Group by that column too, or choose another function, such as max or list.',
    context.nodeId,
  )
  return sql`CASE WHEN ${low} IS DISTINCT FROM ${high} THEN ${error} ELSE ${low} END`
}

/** DuckDB cuts what lies between two decimals to their own scale: 1.10 and 1.15 would have the median 1.12. */
function withDecimals({ value, type }: Operand, more: number): Sql {
  if (type?.kind !== 'decimal') return value
  const room = Math.min(more, 38 - type.width)
  if (room === 0) return value
  const wider: SqlType = { kind: 'decimal', width: type.width + room, scale: type.scale + room }
  return sql`CAST(${value} AS ${typeSql(wider)})`
}

/**
 * DuckDB sums whole numbers as HUGEINT, which few targets can hold: a BIGINT holds nearly every real sum, and says when it
 * cannot. It sums decimals in 128 bits, which hold more than the 38 digits that its type promises. Of unsigned 128 bits it makes a DOUBLE.
 */
function exactSum(sum: Sql, { measure, type, value, of, context, field }: Operand): Sql {
  const fails = (holder: string, hint: string): Sql =>
    failure(
      'sum.overflow',
      [...field, 'column'],
      [`The sum of “${measure.column}” is `, sql`CAST(${sum} AS VARCHAR)`, `, which no ${holder} can hold.`],
      hint,
      context.nodeId,
    )
  if (type === undefined) return sum
  const integer = integerType(type) ?? (isScalar(type, 'BOOLEAN') ? { bits: 1, signed: false } : undefined)
  if (integer && integer.bits <= 64)
    return sql`CASE WHEN ${sum} NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ${fails('BIGINT', 'Cast the column to HUGEINT or DECIMAL(38,0) first.')} ELSE TRY_CAST(${sum} AS BIGINT) END`
  if (integer && !integer.signed)
    return of(sql`sum(${raw(measure.distinct ? 'DISTINCT ' : '')}CAST(${value} AS BIGNUM))`)
  // Narrower ones would take more rows than there can be.
  if (type.kind !== 'decimal' || type.width < 25) return sum
  const digits = sql`length(ltrim(translate(CAST(${sum} AS VARCHAR), '-.', ''), '0'))`
  return sql`CASE WHEN ${digits} > 38 THEN ${fails(`DECIMAL(38,${type.scale})`, 'Cast the column to DOUBLE, or to fewer decimals, first.')} ELSE ${sum} END`
}

/** The names and values of a SELECT. */
export const selectList = (outputs: readonly { readonly name: string; readonly value: Sql }[]): Sql =>
  joinSql(outputs.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))
