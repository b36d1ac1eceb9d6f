import type { CompiledPorts } from '../../contract.ts'
import { failure } from '../../failure.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../sql.ts'
import { fileList } from '../input-files.ts'
import { readText } from '../read-text.ts'
import { sourceColumns } from '../source.ts'
import type { RecordConfig } from './config.ts'
import { FILE, LINE, type RecordFacts, ROW } from './stage.ts'

/** The staged rows; columns with a type of their own are read from their texts. */
export function compileRecords(family: string, config: RecordConfig, facts: RecordFacts): CompiledPorts {
  const rows = sql`read_parquet(${fileList([{ path: facts.rows }])})`
  const checks: { bad: Sql; name: string; type: string; text: Sql }[] = []
  const columns = facts.columns.map(({ name, type, staged, ...reading }) => {
    const given = config.columns?.[name]
    const renamed = identifier(given?.name ?? name)
    const text = identifier(name)
    if (staged === type) return sql`${text} AS ${renamed}`
    // XML has no other way to write nothing; JSON has null.
    const content = family === 'xml' ? sql`nullif(trim(${text}), '')` : sql`trim(${text})`
    const value = readText(content, {
      ...reading,
      type,
      format: given?.format ?? reading.format,
      leadingZeros: true,
    })
    const bad = sql`(${family === 'xml' ? content : text} IS NOT NULL AND ${value} IS NULL)`
    checks.push({ bad, name, type, text })
    if (config.on_bad_row === 'reject') return sql`CAST(${value} AS ${raw(type)}) AS ${renamed}`
    const place = [identifier(FILE), ', line ', sql`CAST(${identifier(LINE)} AS VARCHAR)`, `, field ${name}: "`]
    const fail = failure(`${family}.bad-value`, ['columns', name], [...place, text, `" is not exactly a ${type}.`])
    return sql`CAST(CASE WHEN ${bad} THEN ${fail} ELSE ${value} END AS ${raw(type)}) AS ${renamed}`
  })
  columns.push(...sourceColumns(config, facts.source, identifier(FILE), identifier(ROW)))
  const structural = sql`SELECT file, line, NULL::VARCHAR AS "column", reason, raw FROM read_parquet(${fileList([{ path: facts.rejects }])})`
  const all = sql`SELECT ${joinSql(columns)} FROM ${rows}`
  if (config.on_bad_row === 'fail' || checks.length === 0) return { out: all, reject: structural }

  const good = joinSql(
    checks.map(({ bad }) => sql`NOT ${bad}`),
    ' AND ',
  )
  const column = joinSql(
    checks.map(({ bad, name }) => sql`WHEN ${bad} THEN ${name}`),
    ' ',
  )
  const reasons = joinSql(
    checks.map(
      ({ bad, name, type, text }) =>
        sql`CASE WHEN ${bad} THEN concat(${`${name}: "`}, ${text}, ${`" is not exactly a ${type}`}) END`,
    ),
  )
  const own = joinSql([identifier(FILE), identifier(LINE)])
  return {
    out: sql`${all} WHERE ${good}`,
    reject: sql`${structural} UNION ALL SELECT ${identifier(FILE)}, ${identifier(LINE)}, CASE ${column} END, array_to_string([${reasons}], '; '), CAST(to_json(r) AS VARCHAR) FROM (SELECT ${own}, * EXCLUDE (${own}), struct_pack(${joinSql(facts.columns.map(({ name }) => sql`${identifier(name)} := ${identifier(name)}`))}) AS r FROM ${rows}) WHERE NOT (${good})`,
  }
}
