import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { failure } from './failure.ts'
import { identifier, raw, type Sql, sql } from './sql.ts'

/**
 * DuckDB (1.5) writes a DECIMAL that is all fraction, such as DECIMAL(4,4), as `.5`, which is no JSON. In a type with room for a digit
 * before the point it writes `0.5`; there is no such type for DECIMAL(38,38).
 */
const ALL_FRACTION = /\bDECIMAL\((\d+),\s*(\d+)\)/g

/** `type` with room for the zero; `widest` stands where there is none. */
function roomy(type: string, widest: string): string {
  return type.replaceAll(ALL_FRACTION, (whole, width: string, scale: string) => {
    if (width !== scale) return whole
    return Number(width) < 38 ? `DECIMAL(${Number(width) + 1},${scale})` : widest
  })
}

/** `value`, of `type`, as `to_json` turns it into JSON: a decimal of 38 digits that are all fraction becomes a text. */
export function forJson(value: Sql, type: string): Sql {
  const safe = roomy(type, 'VARCHAR')
  return safe === type ? value : sql`CAST(${value} AS ${raw(safe)})`
}

/**
 * Columns of a SELECT whose rows are written as JSON.
 * @throws LogiDataError `target.type` for a decimal that has no form in JSON
 */
export function jsonColumns(columns: readonly Column[]): Sql[] {
  return columns.map(({ name, type }) => {
    const safe = roomy(type, NO_ROOM)
    if (/\b(DOUBLE|FLOAT)\b/.test(type)) return finite(name, type)
    if (safe === type) return identifier(name)
    if (safe.includes(NO_ROOM))
      throw userError(
        'target.type',
        `“${name}” (${type}) cannot be written as JSON: all of its 38 digits are behind the point.`,
        {
          hint: 'Cast it to a DECIMAL with fewer of them, or to VARCHAR.',
        },
      )
    return sql`CAST(${identifier(name)} AS ${raw(safe)}) AS ${identifier(name)}`
  })
}

/** DuckDB would write `nan` and `inf`, which are no JSON: nothing could read the file. */
function finite(name: string, type: string): Sql {
  const value = identifier(name)
  const good = /^(DOUBLE|FLOAT)$/.test(type)
    ? sql`isfinite(${value})`
    : sql`json_valid(CAST(to_json(${value}) AS VARCHAR))`
  const refused = failure(
    'json.no-number',
    [],
    [`Column ${name} holds `, sql`CAST(${value} AS VARCHAR)`, ': JSON has no NaN and no infinity.'],
    'Make them empty before, or cast the column to VARCHAR.',
  )
  return sql`CASE WHEN ${value} IS NULL OR ${good} THEN ${forJson(value, type)} ELSE ${refused} END AS ${value}`
}

const NO_ROOM = 'no type has room'
