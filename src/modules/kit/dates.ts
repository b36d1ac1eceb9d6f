import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { QuerySession } from './contract.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FieldPath } from './fields.ts'
import { requireColumn } from './inputs.ts'
import { identifier, type Sql, sql } from './sql.ts'
import { columnType } from './types.ts'

export type TimeKind = 'date' | 'timestamp' | 'instant'

export interface TimeColumn {
  readonly column: Column
  readonly kind: TimeKind
  readonly value: Sql
}

/** A column of dates, of timestamps, or of timestamps with time zone (instants). @throws LogiDataError `date.type` */
export function timeColumn(columns: readonly Column[], name: string, field: FieldPath): TimeColumn {
  const column = requireColumn(columns, name, field)
  const kind = timeKind(column.type)
  if (kind) return { column, kind, value: identifier(column.name) }
  throw userError('date.type', `“${column.name}” is ${column.type}, and not a date or timestamp.`, {
    field: [...field],
    hint: 'Convert it first: to a DATE or TIMESTAMP, with the format of the texts.',
  })
}

export function timeKind(type: string): TimeKind | undefined {
  const parsed = columnType(type)
  if (parsed.kind !== 'scalar') return undefined
  if (parsed.name === 'DATE') return 'date'
  if (parsed.name === 'TIMESTAMP WITH TIME ZONE') return 'instant'
  return parsed.name.startsWith('TIMESTAMP') ? 'timestamp' : undefined
}

/** What clocks in `zone` show: a TIMESTAMP. A date is its midnight. */
export function localTime({ kind, value }: TimeColumn, zone: string): Sql {
  if (kind === 'instant') return sql`timezone(${zone}, ${value})`
  return sql`CAST(${value} AS TIMESTAMP)`
}

/**
 * Refuses a zone that DuckDB does not know.
 * @throws LogiDataError `zone.unknown`, with the nearest name
 */
export async function checkZone(zone: string, session: QuerySession, field: FieldPath): Promise<void> {
  const { rows } = await session.query(sql`SELECT name FROM pg_timezone_names() ORDER BY name`)
  const names = rows.map(([name]) => String(name))
  if (names.includes(zone)) return
  const folded = names.find((name) => name.toLowerCase() === zone.toLowerCase())
  // People write the city alone.
  const city = names.find((name) => name.toLowerCase().endsWith(`/${zone.toLowerCase().replaceAll(' ', '_')}`))
  const found = folded ?? city
  throw userError('zone.unknown', `There is no time zone “${zone}”.`, {
    field: [...field],
    hint: found
      ? `Did you mean “${found}”?`
      : (didYouMean(zone, names).hint ?? 'Write an IANA name, such as Europe/Paris or UTC.'),
  })
}
