import type { InputFile } from '../contract.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../sql.ts'

/** What DuckDB and Hive write for NULL in the name of a folder. */
const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__'

/** The name of the folder of a value, as DuckDB writes it. */
export const hiveFolder = (column: string, value: string | null): string =>
  `${encoded(column)}=${value === null ? HIVE_NULL : encoded(value)}`

/** Every byte that a name of a folder might not hold. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** Columns and values from folders named `column=value`, in their order; NULL for Hive's own name of it. */
export function hivePairs(name: string): [string, string | null][] {
  return name
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => {
      const equals = folder.indexOf('=')
      if (equals <= 0) return []
      const value = folder.slice(equals + 1)
      return [[folder.slice(0, equals), value === HIVE_NULL ? null : decode(value)] as [string, string | null]]
    })
}

/** Column -> values, from folders named `column=value`. Empty unless every file has the same columns. */
export function hivePartitions(files: readonly Pick<InputFile, 'name'>[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  let columns: string | undefined
  for (const file of files) {
    const pairs = hivePairs(file.name)
    const names = JSON.stringify(pairs.map(([name]) => name))
    if (columns !== undefined && names !== columns) return new Map()
    columns = names
    for (const [name, value] of pairs) {
      const values = found.get(name) ?? new Set()
      if (value !== null) values.add(value)
      found.set(name, values)
    }
  }
  return found
}

/** The narrowest type that loses nothing of any value: `007` stays text. */
export function hiveType(values: ReadonlySet<string>): string {
  if (values.size === 0) return 'VARCHAR'
  if ([...values].every((value) => /^(0|-?[1-9]\d{0,17})$/.test(value))) return 'BIGINT'
  if ([...values].every(isDate)) return 'DATE'
  return 'VARCHAR'
}

/** The columns that a file's folders give, as SQL over the file's name as people know it. */
export function hiveColumns(
  file: Sql,
  names: readonly string[],
  types: Readonly<Record<string, string>>,
  all: readonly string[],
): Sql[] {
  return all.map((column) => {
    const values = new Map<string | null, string[]>()
    for (const name of names) {
      const value = hivePairs(name).find(([key]) => key === column)?.[1] ?? null
      values.set(value, [...(values.get(value) ?? []), name])
    }
    const cases = [...values].map(
      ([value, some]) => sql`WHEN ${file} IN (${joinSql(some.map((name) => sql`${name}`))}) THEN ${value}`,
    )
    const type = raw(types[column] ?? 'VARCHAR')
    const only = values.size === 1 ? [...values.keys()][0] : undefined
    const text = only === undefined ? sql`CASE ${joinSql(cases, ' ')} END` : sql`${only}`
    return sql`CAST(${text} AS ${type}) AS ${identifier(column)}`
  })
}

const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
