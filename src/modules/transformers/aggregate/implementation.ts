import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { condition } from '../../kit/condition.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { expression, type Parameters } from '../../kit/expression.ts'
import { failure } from '../../kit/failure.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType } from '../../kit/types.ts'
import { type AggregateConfig, aggregateDescriptor, type Measure } from './descriptor.ts'

interface Context {
  readonly nodeId: string
  readonly columns: readonly Column[]
  readonly parameters: Parameters
}

interface Output {
  readonly name: string
  readonly value: Sql
}

export const aggregate: RelationModule<typeof aggregateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: aggregateDescriptor,
  blindToUnnamed: true,
  blocking: true,
  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const context = { nodeId, columns: input.columns, parameters }
    const groups = config.group_by.map((group, index) => groupOutput(group, context, ['group_by', index]))
    const measures = config.measures.map((measure, index) => ({
      name: measure.name,
      value: measureValue(measure, context, ['measures', index]),
    }))
    const outputs: Output[] = [...groups, ...measures]
    if (outputs.length === 0)
      throw userError('aggregate.empty', 'There is nothing to compute.', {
        hint: 'Add a measure, or a column to group by.',
        field: ['measures'],
      })
    checkDistinctNames(outputs, 'The result', ['measures'])
    const list = joinSql(outputs.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))
    // By position: a name could be that of a column and of a result.
    const groupBy = groups.length > 0 ? raw(` GROUP BY ${groups.map((_, index) => index + 1).join(', ')}`) : raw('')
    const query = sql`SELECT ${list} FROM ${input.name}${groupBy}`
    const having = config.having?.trim()
    if (!having) return { out: query }
    const test = atField(['having'], () => condition(having, parameters))
    return { out: sql`SELECT * FROM (${query}) WHERE ${test}` }
  },
}

function groupOutput(group: AggregateConfig['group_by'][number], context: Context, field: FieldPath): Output {
  if (typeof group === 'string') {
    const { name } = requireColumn(context.columns, group, field)
    return { name, value: identifier(name) }
  }
  const value = atField([...field, 'expression'], () => expression(group.expression, context.parameters))
  return { name: group.name, value }
}

function measureValue(measure: Measure, context: Context, field: FieldPath): Sql {
  const text = measure.expression?.trim()
  if (measure.function === 'expression') {
    if (!text)
      throw userError('config.missing', 'Write the expression of this measure.', { field: [...field, 'expression'] })
    return atField([...field, 'expression'], () => expression(text, context.parameters))
  }
  if (text && measure.column)
    throw userError('measure.ambiguous', 'A measure is of a column or of an expression, not both.', {
      field: [...field],
    })
  const column = measure.column ? requireColumn(context.columns, measure.column, [...field, 'column']) : undefined
  const value = column
    ? identifier(column.name)
    : text
      ? atField([...field, 'expression'], () => expression(text, context.parameters))
      : undefined
  const call = aggregateCall(measure, value, context, field)
  const where = measure.filter?.trim()
  const filtered = where
    ? sql`${call} FILTER (WHERE ${atField([...field, 'filter'], () => condition(where, context.parameters))})`
    : call
  return measure.function === 'sum' && column ? exactSum(filtered, column, field, context.nodeId) : filtered
}

function aggregateCall(measure: Measure, value: Sql | undefined, context: Context, field: FieldPath): Sql {
  const { function: operation } = measure
  if (value === undefined) {
    if (operation === 'count') return raw('count(*)')
    throw userError('config.missing', 'Choose the column that this measure is of.', { field: [...field, 'column'] })
  }
  const distinct = raw(measure.distinct ? 'DISTINCT ' : '')
  const order =
    measure.order.length > 0
      ? orderBy(measure.order, context.columns, context.parameters, [...field, 'order'])
      : undefined
  const inOrder = order ? sql` ORDER BY ${order}` : raw('')
  /** Threads bring rows in any order: without one given, the values' own makes the result the same every time. */
  const inSomeOrder = order ? inOrder : sql` ORDER BY ${value} ASC NULLS LAST`
  switch (operation) {
    case 'count':
      return sql`count(${distinct}${value})`
    case 'count_distinct':
      return sql`count(DISTINCT ${value})`
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
    case 'median':
      return sql`${raw(operation)}(${distinct}${value})`
    case 'stddev':
      return sql`stddev_samp(${distinct}${value})`
    case 'variance':
      return sql`var_samp(${distinct}${value})`
    case 'quantile':
      return sql`quantile_cont(${distinct}${value}, ${measure.quantile})`
    case 'mode':
      return sql`mode(${value}${inSomeOrder})`
    case 'string_agg':
      return sql`string_agg(${distinct}CAST(${value} AS VARCHAR), ${measure.separator}${measure.distinct && !order ? sql` ORDER BY CAST(${value} AS VARCHAR)` : inSomeOrder})`
    case 'list':
      return sql`list(${distinct}${value}${inSomeOrder})`
    case 'all_true':
      return sql`bool_and(${value})`
    case 'any_true':
      return sql`bool_or(${value})`
    case 'first':
    case 'last':
      if (!order)
        throw userError('measure.order-missing', `“${measure.name}” needs an order: ${operation} by what?`, {
          field: [...field, 'order'],
        })
      return sql`${raw(operation)}(${value}${inOrder})`
    case 'expression':
      throw new TypeError('an expression has no call')
    default:
      return assertNever(operation)
  }
}

/** DuckDB sums whole numbers as HUGEINT, which few targets can hold; a BIGINT holds nearly every real sum, and says when it cannot. */
function exactSum(sum: Sql, column: Column, field: FieldPath, nodeId: string): Sql {
  const integer = integerType(columnType(column.type))
  if (!integer || integer.bits > 64) return sum
  const error = failure(
    'sum.overflow',
    [...field, 'column'],
    [`The sum of “${column.name}” is `, sql`CAST(${sum} AS VARCHAR)`, ', which no BIGINT can hold.'],
    'Cast the column to HUGEINT or DECIMAL(38,0) first.',
    nodeId,
  )
  return sql`CASE WHEN ${sum} NOT BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ${error} ELSE TRY_CAST(${sum} AS BIGINT) END`
}
