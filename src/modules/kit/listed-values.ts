import type { Cell, Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { kindOf } from './column-selection.ts'
import type { Suggestion } from './contract.ts'
import type { FieldPath } from './fields.ts'
import { nameKey } from './inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'

/** A value of a column that becomes a column, or a row: without `value`, the empty ones. */
export interface ListedValue {
  readonly value?: string | undefined
  readonly name?: string | undefined
}

/** So many comparisons are faster than a search in a list. */
const FEW = 8

/**
 * Where a column's value stands in the list, counted from 1; NULL when it is not listed.
 * @throws LogiDataError `value.not-of-type`, `value.duplicate`
 */
export function placeInList(column: Column, values: readonly ListedValue[], field: FieldPath): Sql {
  const kind = kindOf(column)
  const typed = kind === 'number' || kind === 'date'
  const seen = new Set<string | undefined>()
  const items = values.map(({ value }, index): Sql => {
    if (seen.has(value))
      throw userError('value.duplicate', `${value === undefined ? 'The empty value' : `“${value}”`} is listed twice.`, {
        field: [...field, index],
        hint: 'Take one of them away.',
      })
    seen.add(value)
    if (value === undefined) return raw('NULL')
    if (!typed) return literal(value)
    if (
      !(
        kind === 'number' ? /^\s*[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?\s*$|^-?(nan|inf(inity)?)$/i : /\d|infinity/i
      ).test(value)
    )
      throw userError(
        'value.not-of-type',
        `“${value}” is no value of “${column.name}”, whose type is ${column.type}.`,
        {
          field: [...field, index, 'value'],
          hint: kind === 'number' ? 'Write a number, with a point for decimals.' : 'Write a date such as 2024-01-31.',
        },
      )
    return sql`TRY_CAST(${value} AS ${raw(column.type)})`
  })
  const own = identifier(column.name)
  if (typed) return sql`list_position([${joinSql(items)}]::${raw(column.type)}[], ${own})`
  if (column.type === 'VARCHAR' && values.length > 0 && values.length <= FEW) {
    const cases = items.map((item, index) =>
      values[index]?.value === undefined
        ? sql`WHEN ${own} IS NULL THEN ${index + 1}`
        : sql`WHEN ${own} = ${item} THEN ${index + 1}`,
    )
    return sql`CASE ${joinSql(cases, ' ')} END`
  }
  const text = column.type === 'VARCHAR' ? own : sql`CAST(${own} AS VARCHAR)`
  return sql`list_position([${joinSql(items)}]::VARCHAR[], ${text})`
}

/** The name of a value's column. */
export function nameOfValue({ value, name }: ListedValue): string {
  return name ?? (value === undefined ? 'empty' : value.trim() === '' ? 'blank' : value)
}

export const MOST_VALUES = 500

/** Adds the values of a column that are not listed yet, in their order. `taken`: names that other columns of the result have. */
export function suggestValues(
  input: Sql,
  column: Column,
  listed: readonly ListedValue[],
  taken: readonly string[] = [],
): Suggestion {
  const own = identifier(column.name)
  return {
    query: sql`SELECT CAST(v AS VARCHAR) FROM (SELECT DISTINCT ${own} AS v FROM ${input}) ORDER BY v NULLS LAST`,
    limit: MOST_VALUES,
    change: (rows) => {
      const known = new Set(listed.map(({ value }) => value))
      const names = new Set([...listed.map(nameOfValue), ...taken].map(nameKey))
      const found = rows.map(([cell]) => toListed(cell ?? null)).filter(({ value }) => !known.has(value))
      return { values: [...listed, ...found.map((item) => named(item, names))] }
    },
  }
}

const toListed = (cell: Cell): ListedValue => (cell === null ? {} : { value: cell })

/** Values that differ in the case of letters alone cannot both name a column. */
function named(item: ListedValue, names: Set<string>): ListedValue {
  const own = nameOfValue(item)
  let name = own
  for (let count = 2; names.has(nameKey(name)); count++) name = `${own}_${count}`
  names.add(nameKey(name))
  return name === own ? item : { ...item, name }
}
