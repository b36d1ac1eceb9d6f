import type { InputFile } from '../contract.ts'
import { joinSql, literal, type Sql, sql } from '../sql.ts'

/** A list of files for DuckDB's readers, which would take `[`, `*` and `?` in a file's own name for a glob. */
export function fileList(files: readonly Pick<InputFile, 'path'>[]): Sql {
  return sql`[${joinSql(files.map((file) => literal(file.path.replace(/[[*?]/g, '[$&]'))))}]`
}

/** The absolute name that DuckDB gives in a column, as people know it. */
export function fileNameOf(column: Sql, files: readonly Pick<InputFile, 'path' | 'name'>[]): Sql {
  const roots = new Set(
    files.map((file) => (file.path.endsWith(file.name) ? file.path.slice(0, -file.name.length) : '')),
  )
  const [root] = [...roots]
  if (roots.size === 1 && root) return sql`substr(${column}, ${[...root].length + 1})`
  const cases = files.map((file) => sql`WHEN ${file.path} THEN ${file.name}`)
  return sql`CASE ${column} ${joinSql(cases, ' ')} ELSE ${column} END`
}

/** What a result depends on besides the config: which files, and their state. */
export const fingerprintOf = (files: readonly InputFile[]): string =>
  JSON.stringify(files.map((file) => [file.name, file.bytes, file.modified]))
