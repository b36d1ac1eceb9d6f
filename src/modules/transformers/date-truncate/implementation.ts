import { userError } from '../../../shared/errors.ts'
import { withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkZone, localTime, timeColumn } from '../../kit/dates.ts'
import { requireColumn, requireInput } from '../../kit/inputs.ts'
import { interval, periodStart } from '../../kit/periods.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType } from '../../kit/types.ts'
import { type DateTruncateConfig, dateTruncateDescriptor } from './descriptor.ts'

export const dateTruncate: RelationModule<typeof dateTruncateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: dateTruncateDescriptor,
  blindToUnnamed: true,
  keepsRows: true,
  async prepare({ config, session }) {
    if (config.time_zone !== 'UTC') await checkZone(config.time_zone, session, ['time_zone'])
    return undefined
  },
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const time = timeColumn(input.columns, config.column, ['column'])
    const isShort = ['hour', 'minute', 'second'].includes(config.unit)
    if (time.kind === 'date' && isShort)
      throw userError('date.unit', `“${time.column.name}” is a DATE, which has no ${config.unit}s.`, {
        field: ['unit'],
        hint: 'Convert it to TIMESTAMP first, or choose a longer unit.',
      })
    // Elapsed time does not care for clocks; and hours begin at the same instant by the clocks of whole hours.
    const moves = config.operation === 'add' || config.operation === 'subtract'
    const zone = isShort && moves ? 'UTC' : config.time_zone
    const local = localTime(time, zone)
    const moved = moves ? movedBy(config, local, input.columns) : rounded(config, local, time.kind === 'date')
    const back =
      time.kind !== 'instant'
        ? sql`CAST(${moved} AS ${raw(time.kind === 'date' ? 'DATE' : 'TIMESTAMP')})`
        : isShort && !moves
          ? // By the distance that the clocks show, so that the hour that comes twice stays the one that it was.
            sql`(${time.value} + (${moved} - ${local}))`
          : sql`timezone(${zone}, ${moved})`
    const unchanged = sql`CAST(${time.value} AS ${raw(time.kind === 'date' ? 'DATE' : time.kind === 'instant' ? 'TIMESTAMPTZ' : 'TIMESTAMP')})`
    const value = sql`CASE WHEN isfinite(${time.value}) THEN ${back} ELSE ${unchanged} END`
    const name = config.name ?? time.column.name
    return { out: sql`SELECT ${withColumns(input.columns, [{ name, value, field: ['name'] }])} FROM ${input.name}` }
  },
}

const HALF_MICROSECONDS: Readonly<Partial<Record<DateTruncateConfig['unit'], number>>> = {
  second: 500_000,
  minute: 30_000_000,
  hour: 1_800_000_000,
  day: 43_200_000_000,
  week: 302_400_000_000,
}

function rounded(config: DateTruncateConfig, local: Sql, isDay: boolean): Sql {
  const { amount, unit } = config
  const origin = { weekStart: config.week_start, yearStart: config.year_start }
  const half = (HALF_MICROSECONDS[unit] ?? 0) * amount
  // Of periods that all have one length, the nearest start is the one before the moment half a period later.
  if (config.operation === 'nearest' && half > 0 && Number.isSafeInteger(half))
    return periodStart(sql`(${local} + to_microseconds(${half}))`, amount, unit, origin)
  const start = periodStart(local, amount, unit, origin)
  const next = sql`(${start} + ${interval(amount, unit)})`
  switch (config.operation) {
    case 'end':
      return sql`(${next} - ${raw(isDay ? 'to_days(1)' : 'to_microseconds(1)')})`
    case 'up':
      return sql`CASE WHEN ${start} = ${local} THEN ${start} ELSE ${next} END`
    case 'nearest':
      return sql`CASE WHEN ${local} - ${start} < ${next} - ${local} THEN ${start} ELSE ${next} END`
    default:
      return start
  }
}

function movedBy(config: DateTruncateConfig, local: Sql, columns: Parameters<typeof requireColumn>[0]): Sql {
  const sign = raw(config.operation === 'add' ? '+' : '-')
  if (!config.amount_column) return sql`(${local} ${sign} ${interval(config.amount, config.unit)})`
  const column = requireColumn(columns, config.amount_column, ['amount_column'])
  if (!integerType(columnType(column.type)))
    throw userError('date.amount', `“${column.name}” is ${column.type}; an amount is a whole number.`, {
      field: ['amount_column'],
      hint: 'Convert it to INTEGER first.',
    })
  return sql`(${local} ${sign} ${interval(identifier(column.name), config.unit)})`
}
