import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { failure } from '../../kit/failure.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType } from '../../kit/types.ts'

/** A column of the input as it goes into the table. */
export interface LoadedColumn extends Column {
  /** The table has a column for it that is no array. */
  readonly asJson?: true
}

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

/** Of a list of single values: their type. Lists of lists may be ragged, which arrays of PostgreSQL cannot be. */
function itemOf({ type, asJson }: LoadedColumn): string | undefined {
  if (asJson || !type.endsWith(']')) return undefined
  const parsed = columnType(type)
  if (parsed.kind !== 'list') return undefined
  const { item } = parsed
  return ['scalar', 'decimal', 'enum'].includes(item.kind) ? formatType(item) : undefined
}

/** A list goes into an array, and into any other column that is there as JSON. */
export const intoColumn = (column: Column, target: string | undefined): LoadedColumn =>
  target === undefined || target.endsWith('[]') ? column : { ...column, asJson: true }

/** The type that holds every value of a column, in the server's own words (`format_type`). @throws LogiDataError `load.type` */
export function typeFor(column: LoadedColumn): string {
  const { name, type } = column
  const known = TYPES[type]
  if (known !== undefined) return known
  const item = itemOf(column)
  if (item !== undefined) return `${typeFor({ name, type: item })}[]`
  if (nested(type)) return 'json'
  if (type.startsWith('DECIMAL')) return type.toLowerCase().replace('decimal', 'numeric')
  if (type.startsWith('ENUM')) return 'text'
  throw userError('load.type', `The column “${name}” is a ${type}, which PostgreSQL has no type for.`, {
    hint: 'Change its type before, to text for instance.',
  })
}

/** A value as DuckDB's CSV writes it so that `COPY` takes it. */
export function copyValue(column: LoadedColumn): Sql {
  const cell = identifier(column.name)
  const item = itemOf(column)
  if (item === undefined) return valueText(column.name, column.type, cell)
  // Between quotes an item means itself, whatever it is.
  const text = valueText(column.name, item, raw('x'))
  const quoted = sql`'"' || replace(replace(${text}, '\\', '\\\\'), '"', '\\"') || '"'`
  const items = sql`list_transform(CAST(${cell} AS ${raw(item)}[]), lambda x: CASE WHEN x IS NULL THEN 'NULL' ELSE ${quoted} END)`
  return sql`CASE WHEN ${cell} IS NOT NULL THEN '{' || coalesce(array_to_string(${items}, ','), '') || '}' END`
}

function valueText(name: string, type: string, cell: Sql): Sql {
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
