import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import { workingDaysBefore } from '../../kit/business-days.ts'
import { isDate } from '../../kit/comparison.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { checkZone, localTime, type TimeColumn, timeColumn } from '../../kit/dates.ts'
import { requireInput } from '../../kit/inputs.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { type DateDifferenceConfig, dateDifferenceDescriptor } from './descriptor.ts'

const ELAPSED: Readonly<Record<string, number>> = {
  week: 604_800_000_000,
  day: 86_400_000_000,
  hour: 3_600_000_000,
  minute: 60_000_000,
  second: 1_000_000,
  millisecond: 1_000,
  microsecond: 1,
}
const MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 }
const CLOCK = new Set(['hour', 'minute', 'second', 'millisecond', 'microsecond'])

export const dateDifference: RelationModule<typeof dateDifferenceDescriptor, undefined> = {
  kind: 'relation',
  descriptor: dateDifferenceDescriptor,
  blindToUnnamed: true,
  keepsRows: true,
  usesClock: ({ to, to_day }) => !to && !to_day?.trim(),
  async prepare({ config, session }) {
    if (config.time_zone !== 'UTC') await checkZone(config.time_zone, session, ['time_zone'])
    return undefined
  },
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const from = timeColumn(input.columns, config.from, ['from'])
    const to = endOf(config, input, from)
    // Elapsed time is between instants; days and months are those that clocks show.
    const local = (time: TimeColumn): Sql =>
      CLOCK.has(config.unit) && time.kind === 'instant'
        ? sql`timezone('UTC', ${time.value})`
        : localTime(time, config.time_zone)
    const [start, end] = [local(from), local(to)]
    const both = sql`isfinite(${start}) AND isfinite(${end})`
    const forward = differenceOf(config, start, end)
    const backward = differenceOf(config, end, start)
    const value = sql`CASE WHEN NOT (${both}) THEN NULL WHEN ${end} >= ${start} THEN ${forward} ELSE ${raw(config.absolute ? '' : '-')}(${backward}) END`
    return {
      out: sql`SELECT ${withColumns(input.columns, [{ name: config.name, value, field: ['name'] }])} FROM ${input.name}`,
    }
  },
}

function endOf(config: DateDifferenceConfig, input: InputRelation, from: TimeColumn): TimeColumn {
  const day = config.to_day?.trim()
  if (config.to && day)
    throw userError('date.ambiguous', 'The difference is to a column or to a day, not both.', { field: ['to_day'] })
  if (config.to) {
    const to = timeColumn(input.columns, config.to, ['to'])
    if ((to.kind === 'instant') === (from.kind === 'instant')) return to
    throw userError('date.zones', 'One side has a time zone and the other has none.', {
      field: ['to'],
      hint: 'Convert one of them with “Time zone” first.',
    })
  }
  if (day && (!isDate(day) || day.length > 10))
    throw userError('value.type', `“${day}” is not a date such as 2024-12-31.`, { field: ['to_day'] })
  const column = { name: 'day', type: 'DATE' }
  return { column, kind: 'date', value: day ? sql`CAST(${day} AS DATE)` : raw('current_date') }
}

/** Of timestamps of which the first comes first. */
function differenceOf(config: DateDifferenceConfig, start: Sql, end: Sql): Sql {
  const { unit, count } = config
  if (unit === 'business_day') return businessDays(config, start, end)
  if (count === 'crossed') return sql`date_diff(${unit}, ${start}, ${end})`
  const months = MONTHS[unit]
  const micros = sql`date_diff('microsecond', ${start}, ${end})`
  if (months === undefined) {
    const size = ELAPSED[unit] ?? 1
    return count === 'exact' ? sql`CAST(${micros} AS DOUBLE) / ${size}` : sql`(${micros} // ${size})`
  }
  const crossed = sql`date_diff('month', ${start}, ${end})`
  const after = (some: Sql): Sql => sql`${start} + to_months(CAST(${some} AS INTEGER))`
  // The last month has not passed where the day comes later, or, in a shorter month, its last day.
  const passed = sql`(${crossed} - CASE WHEN ${after(crossed)} > ${end} THEN 1 ELSE 0 END)`
  const units = months === 1 ? passed : sql`(${passed} // ${months})`
  if (count === 'complete') return units
  const [floor, ceiling] = [after(sql`${units} * ${months}`), after(sql`(${units} + 1) * ${months}`)]
  return sql`${units} + CAST(date_diff('microsecond', ${floor}, ${end}) AS DOUBLE) / date_diff('microsecond', ${floor}, ${ceiling})`
}

function businessDays(config: DateDifferenceConfig, start: Sql, end: Sql): Sql {
  const before = workingDaysBefore(config.weekend, config.holidays, [])
  const [first, last] = [sql`CAST(${start} AS DATE)`, sql`CAST(${end} AS DATE)`]
  const next = (day: Sql): Sql => sql`(${day} + 1)`
  const from = config.include === 'start' || config.include === 'both' ? first : next(first)
  const until = config.include === 'end' || config.include === 'both' ? next(last) : last
  return sql`greatest(0, ${before(until)} - ${before(from)})`
}
