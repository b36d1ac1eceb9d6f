import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { failure } from '../../kit/failure.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'

const TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  UTINYINT: 'smallint',
  USMALLINT: 'integer',
  UINTEGER: 'bigint',
  UBIGINT: 'numeric(20,0)',
  HUGEINT: 'numeric(39,0)',
  UHUGEINT: 'numeric(39,0)',
  BIGNUM: 'numeric',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  BLOB: 'bytea',
  DATE: 'date',
  TIME: 'time without time zone',
  TIMESTAMP: 'timestamp without time zone',
  TIMESTAMP_S: 'timestamp without time zone',
  TIMESTAMP_MS: 'timestamp without time zone',
  TIMESTAMP_NS: 'timestamp without time zone',
  'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
  INTERVAL: 'interval',
  UUID: 'uuid',
  JSON: 'json',
  VARCHAR: 'text',
}

const nested = (type: string): boolean => /[[\]]|^(?:STRUCT|MAP|UNION)/.test(type)

/** The type that holds every value of a column, in the server's own words (`format_type`). @throws LogiDataError `load.type` */
export function typeFor({ name, type }: Column): string {
  const known = TYPES[type]
  if (known !== undefined) return known
  if (type.startsWith('DECIMAL')) return type.toLowerCase().replace('decimal', 'numeric')
  if (nested(type)) return 'json'
  if (type.startsWith('ENUM')) return 'text'
  throw userError('load.type', `The column “${name}” is a ${type}, which PostgreSQL has no type for.`, {
    hint: 'Change its type before, to text for instance.',
  })
}

/** A value as DuckDB's CSV writes it so that `COPY` takes it. */
export function copyValue({ name, type }: Column): Sql {
  const cell = identifier(name)
  const refused = (unfit: Sql, what: string, text: Sql) =>
    sql`CASE WHEN ${unfit} THEN ${failure('load.value', [], [`The column “${name}” holds ${what}: `, sql`replace(CAST(${cell} AS VARCHAR), chr(0), '␀')`], 'Change the value before this step.')} ELSE ${text} END`
  if (type === 'BLOB') return sql`'\\x' || hex(${cell})`
  // What is before our era comes in brackets.
  const era = (value: Sql) => sql`replace(CAST(${value} AS VARCHAR), '(BC)', 'BC')`
  if (type === 'DATE') return era(cell)
  if (type === 'TIMESTAMP WITH TIME ZONE') {
    const utc = era(sql`${cell} AT TIME ZONE 'UTC'`)
    return sql`CASE WHEN isfinite(${cell}) THEN ${utc} || '+00' ELSE ${utc} END`
  }
  if (type === 'TIMESTAMP_NS')
    return refused(
      sql`isfinite(${cell}) AND epoch_ns(${cell}) % 1000 <> 0`,
      'nanoseconds, which PostgreSQL lacks',
      era(cell),
    )
  if (type.startsWith('TIMESTAMP')) return era(cell)
  if (!isText(type)) return sql`CAST(${cell} AS VARCHAR)`
  const text = nested(type) ? sql`CAST(to_json(${cell}) AS VARCHAR)` : sql`CAST(${cell} AS VARCHAR)`
  return refused(sql`contains(${text}, chr(0))`, 'a NUL character, which PostgreSQL cannot hold', text)
}

/** Whether values of a type may hold anything, so that they are to stand between quotes. */
export const isText = (type: string): boolean =>
  type === 'VARCHAR' || type === 'JSON' || type.startsWith('ENUM') || nested(type)

/** Whether a value could come out of the column of a table as another one, so that it has to be looked at. */
export function mayChange(from: string, to: string): boolean {
  if (from === to) return false
  if (from !== 'text' && from !== 'json') return true
  // Texts that the server reads and normalises; what it cannot read is an error.
  return /^(?:smallint|integer|bigint|numeric|real|double|money|char|date|time|bit|boolean)/.test(to)
}
