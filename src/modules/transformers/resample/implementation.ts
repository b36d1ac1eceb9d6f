import { userError } from '../../../shared/errors.ts'
import { isDate } from '../../kit/comparison.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { timeColumn } from '../../kit/dates.ts'
import { checkDistinctNames, freeName, requireInput } from '../../kit/inputs.ts'
import type { Measure } from '../../kit/measure-schema.ts'
import { measureSql } from '../../kit/measures.ts'
import { interval, periodStart } from '../../kit/periods.ts'
import { sortKeySchema } from '../../kit/sort-keys.ts'
import { spineSql } from '../../kit/spine.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { groupColumns, partitionBy } from '../../kit/windows.ts'
import { type ResampleConfig, resampleDescriptor } from './descriptor.ts'

export const resample: RelationModule<typeof resampleDescriptor, undefined> = {
  kind: 'relation',
  descriptor: resampleDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const time = timeColumn(input.columns, config.column, ['column'])
    if (time.kind === 'date' && ['hour', 'minute', 'second'].includes(config.unit))
      throw userError('date.unit', `“${time.column.name}” is a DATE, which has no ${config.unit}s.`, {
        field: ['unit'],
        hint: 'Convert it to TIMESTAMP first, or choose a longer unit.',
      })
    const groups = groupColumns(config.group_by, input.columns, ['group_by'])
    checkDistinctNames([...groups, time.column, ...config.measures], 'The result', ['measures'])
    const place = identifier(time.column.name)
    const type = time.kind === 'date' ? 'DATE' : time.kind === 'instant' ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
    const keys = groups.map(({ name }) => identifier(name))
    const context = { nodeId, columns: input.columns, parameters }
    const measures = config.measures.map((measure, index) => {
      const value = measureSql(inTime(measure, time.column.name), context, ['measures', index])
      return sql`${value} AS ${identifier(measure.name)}`
    })
    const start = sql`CAST(${intervalStart(config, time.kind === 'date', place)} AS ${raw(type)})`
    const by = joinSql([...keys.map((_, index) => raw(String(index + 1))), raw(String(keys.length + 1))])
    const aggregated = sql`SELECT ${joinSql([...keys, sql`${start} AS ${place}`, ...measures])} FROM ${input.name} WHERE isfinite(${place}) GROUP BY ${by}`
    const label =
      config.label === 'start' ? place : sql`CAST(${place} + ${interval(config.amount, config.unit)} AS ${raw(type)})`
    const order = joinSql([...keys.map((key) => sql`${key} ASC NULLS LAST`), place])
    const names = config.measures.map(({ name }) => identifier(name))
    if (config.empty === 'skip') {
      const list = joinSql([...keys, sql`${label} AS ${place}`, ...names])
      return { out: sql`SELECT ${list} FROM (${aggregated}) AS made ORDER BY ${order}` }
    }
    const taken = [...input.columns, ...config.measures]
    const [low, high, step, rows] = ['low', 'high', 'step', 'intervals'].map((name) =>
      identifier(freeName(name, taken)),
    )
    if (!low || !high || !step || !rows) throw new TypeError('four names')
    const spine = spineSql(
      { from: rows, groups, place, type, amount: config.amount, unit: config.unit, perGroup: true },
      { low, high, step },
    )
    const same = [...keys, place].map((key) => sql`made.${key} IS NOT DISTINCT FROM spine.${key}`)
    const joined = sql`(SELECT spine.*, ${joinSql(names.map((name) => sql`made.${name}`))}, made.${place} IS NOT NULL AS ${step} FROM (${spine}) AS spine LEFT JOIN ${rows} AS made ON (${joinSql(same, ' AND ')}))`
    const filled = names.map((name) => sql`${fillOf(config.empty, name, step, place, partitionBy(groups))} AS ${name}`)
    const list = joinSql([...keys, sql`${label} AS ${place}`, ...filled])
    return {
      out: sql`WITH ${rows} AS MATERIALIZED (${aggregated}) SELECT ${list} FROM ${joined} AS spine ORDER BY ${order}`,
    }
  },
}

/** First and last go by the time. */
function inTime(measure: Measure, column: string): Measure {
  if (!['first', 'last'].includes(measure.function) || measure.order.length > 0) return measure
  const keys = measure.column ? [column, measure.column] : [column]
  return { ...measure, order: keys.map((name) => sortKeySchema.parse({ column: name })) }
}

function intervalStart(config: ResampleConfig, isDay: boolean, place: Sql): Sql {
  const { amount, unit } = config
  const local = sql`CAST(${place} AS TIMESTAMP)`
  // What is on a limit belongs to the interval before it: a moment earlier, nothing is on a limit.
  const value = config.closed === 'left' ? local : sql`(${local} - ${raw(isDay ? 'to_days(1)' : 'to_microseconds(1)')})`
  const origin = config.origin?.trim()
  if (!origin) return periodStart(value, amount, unit, { weekStart: config.week_start })
  if (!isDate(origin))
    throw userError('value.type', `“${origin}” is not a date such as 2024-01-01 06:00.`, { field: ['origin'] })
  return sql`time_bucket(${interval(amount, unit)}, ${value}, CAST(${origin} AS TIMESTAMP))`
}

/** @param present whether the interval has rows */
function fillOf(how: ResampleConfig['empty'], value: Sql, present: Sql, place: Sql, partition: Sql): Sql {
  const before = sql`OVER (${partition} ORDER BY ${place} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const after = sql`OVER (${partition} ORDER BY ${place} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)`
  switch (how) {
    case 'zero':
      return sql`CASE WHEN ${present} THEN ${value} ELSE 0 END`
    case 'previous':
      return sql`last_value(${value} IGNORE NULLS) ${before}`
    case 'linear': {
      const at = sql`CASE WHEN ${value} IS NOT NULL THEN epoch_us(CAST(${place} AS TIMESTAMP)) END`
      const known = (call: string, of: Sql, over: Sql): Sql => sql`${raw(call)}(${of} IGNORE NULLS) ${over}`
      const [v0, v1] = [known('last_value', value, before), known('first_value', value, after)]
      const [t0, t1] = [known('last_value', at, before), known('first_value', at, after)]
      const slope = sql`(CAST(${v1} AS DOUBLE) - CAST(${v0} AS DOUBLE)) * (epoch_us(CAST(${place} AS TIMESTAMP)) - ${t0}) / (${t1} - ${t0})`
      return sql`CASE WHEN ${value} IS NOT NULL THEN CAST(${value} AS DOUBLE) ELSE CAST(${v0} AS DOUBLE) + ${slope} END`
    }
    default:
      return value
  }
}
