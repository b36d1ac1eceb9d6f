import { userError } from '../../shared/errors.ts'
import { exactCast, isWidening } from './casts.ts'
import type { FieldPath } from './fields.ts'
import { type Sql, sql } from './sql.ts'
import { formatType, isScalar, type SqlType, typeSql } from './types.ts'

const TIMESTAMPS = ['DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE']

export interface CastOptions {
  /** How dates and times are written in a text (strptime). */
  readonly format?: string | undefined
  /** Round and cut what does not fit exactly. */
  readonly lossy: boolean
}

/** What a format makes when no type is given: text from dates, dates or timestamps from text. */
export function impliedType(from: SqlType, format: string): SqlType {
  if (!isScalar(from, 'VARCHAR')) return { kind: 'scalar', name: 'VARCHAR' }
  const hasTime = /%-?[HIMSfngcXsTpzZ]/.test(format)
  return { kind: 'scalar', name: hasTime ? 'TIMESTAMP' : 'DATE' }
}

/**
 * A column's value as another type, or NULL where it does not fit.
 * @param value used several times
 * @param field of the format
 * @throws LogiDataError `format.not-applicable`
 */
export function castColumn(value: Sql, from: SqlType, to: SqlType, options: CastOptions, field: FieldPath): Sql {
  if (options.format !== undefined) return castByFormat(value, from, to, options.format, options.lossy, field)
  if (options.lossy && formatType(from) !== formatType(to)) return sql`TRY_CAST(${value} AS ${typeSql(to)})`
  return exactCast(value, from, to)
}

/** `castColumn` of values that were seen to fit before, in a WHERE or an earlier branch of a CASE: nothing is tested twice. */
export const castOfFitting = (value: Sql, from: SqlType, to: SqlType, options: CastOptions, field: FieldPath): Sql =>
  castColumn(value, from, to, { format: options.format, lossy: true }, field)

/** No value can fail to fit, so that nothing has to look for one. */
export const alwaysFits = (from: SqlType, to: SqlType, { format }: CastOptions): boolean =>
  format === undefined && (isScalar(to, 'VARCHAR') || isWidening(from, to))

function castByFormat(value: Sql, from: SqlType, to: SqlType, format: string, lossy: boolean, field: FieldPath): Sql {
  if (isScalar(from, 'VARCHAR')) {
    const parsed = sql`try_strptime(${value}, ${format})`
    if (isScalar(to, 'TIME')) return sql`CAST(${parsed} AS TIME)`
    if (isScalar(to, ...TIMESTAMPS)) {
      const zoned = /%[zZ]/.test(format)
      const own: SqlType = { kind: 'scalar', name: zoned ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP' }
      // A daylight-saving hour comes twice: back from TIMESTAMP is no proof then, and nothing is lost on the way there either.
      return lossy || zoned ? sql`TRY_CAST(${parsed} AS ${typeSql(to)})` : exactCast(parsed, own, to)
    }
  }
  if (isScalar(from, ...TIMESTAMPS) && isScalar(to, 'VARCHAR')) return sql`strftime(${value}, ${format})`
  throw userError('format.not-applicable', `A date format cannot turn ${formatType(from)} into ${formatType(to)}.`, {
    field: [...field],
    hint: 'It reads dates and times from texts, or writes them to texts.',
  })
}
