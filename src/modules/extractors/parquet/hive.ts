import type { InputFile } from '../../kit/contract.ts'

/** What DuckDB writes for NULL in the name of a folder. */
const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__'

/** Column -> values, from folders named `column=value`. Empty unless every file has the same columns. */
export function hivePartitions(files: readonly Pick<InputFile, 'name'>[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  let columns: string | undefined
  for (const file of files) {
    const pairs = file.name
      .split('/')
      .slice(0, -1)
      .flatMap((folder) => {
        const equals = folder.indexOf('=')
        return equals > 0 ? [[folder.slice(0, equals), folder.slice(equals + 1)] as const] : []
      })
    const names = JSON.stringify(pairs.map(([name]) => name))
    if (columns !== undefined && names !== columns) return new Map()
    columns = names
    for (const [name, value] of pairs) {
      const values = found.get(name) ?? new Set()
      if (value !== HIVE_NULL) values.add(decode(value))
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

const isDate = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
