import { quoteName, tableName } from '../../connectors/mysql/names.ts'
import { type BoundText, bindParameters } from '../../connectors/mysql/parameters.ts'
import type { ReadColumn } from '../../connectors/mysql/types.ts'
import type { ParameterValue } from '../../kit/contract.ts'
import { isNeeded, type Pushed } from '../../kit/pushdown.ts'
import type { MysqlExtractConfig } from './descriptor.ts'
import { firstRows, pushedCondition } from './pushdown.ts'
import type { Watermark } from './watermark.ts'

type Parameters = ReadonlyMap<string, ParameterValue>

/** What is read, in the server's own types: to be asked for its columns. @throws LogiDataError */
export function baseStatement(config: MysqlExtractConfig, parameters: Parameters): BoundText {
  const { query, table, database, columns, filter } = config
  if (table === undefined) return bindParameters(query ?? '', parameters, ['query'])
  const names = columns?.map(quoteName).join(', ') ?? '*'
  const from = `SELECT ${names} FROM ${tableName({ table, database })}`
  if (filter === undefined) return { text: from, values: [] }
  const bound = bindParameters(filter, parameters, ['filter'])
  // A line break, so that a comment at the end of the condition ends there.
  return { text: `${from} WHERE (${bound.text}\n)`, values: bound.values }
}

/** What is run. */
export function readingStatement(
  config: MysqlExtractConfig,
  parameters: Parameters,
  columns: readonly ReadColumn[],
  watermark: Watermark | undefined,
  limit: number | undefined,
  pushed?: Pushed | undefined,
): BoundText {
  const base = baseStatement(config, parameters)
  const { table, database, filter } = config
  const cells = columns.map(({ name, asDouble }, index) => {
    const quoted = quoteName(name)
    if (!isNeeded(pushed, index)) return `NULL AS ${quoted}`
    return asDouble ? `${quoted} + 0e0 AS ${quoted}` : quoted
  })
  if (table === undefined) {
    if (!columns.some(({ asDouble }) => asDouble)) return base
    return { text: `SELECT ${cells.join(', ')} FROM (${base.text}\n) AS logidata_query`, values: base.values }
  }
  const conditions = filter === undefined ? [] : [bindParameters(filter, parameters, ['filter'])]
  if (watermark) conditions.push(watermark.condition)
  const names = columns.map(({ name }) => name)
  if (pushed?.where) conditions.push(pushedCondition(pushed.where, names))
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ text }) => `(${text}\n)`).join(' AND ')}`
  const end = limit === undefined ? firstRows(pushed?.first, names) : ` LIMIT ${limit}`
  return {
    text: `SELECT ${cells.join(', ')} FROM ${tableName({ table, database })}${where}${end}`,
    values: conditions.flatMap(({ values }) => values),
  }
}
