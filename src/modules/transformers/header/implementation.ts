import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { RelationModule, Suggestion } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, freeName, nameKey, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { type HeaderConfig, headerDescriptor } from './descriptor.ts'

export const header: RelationModule<typeof headerDescriptor, undefined> = {
  kind: 'relation',
  descriptor: headerDescriptor,
  suggest: {
    names: ({ config, inputs }) =>
      namesInRow(config, requireInput(inputs, 'in').columns, requireInput(inputs, 'in').name),
  },
  compile: ({ nodeId, config, inputs, sampled }) => {
    const input = requireInput(inputs, 'in')
    if (config.names.length === 0)
      throw userError('config.missing', 'Say which names the columns get.', {
        field: ['names'],
        hint: 'The button “Take the names from the row” fills them in.',
      })
    const renamed = new Map<string, string>()
    for (const [index, { column, name }] of config.names.entries()) {
      const found = requireColumn(input.columns, column, ['names', index, 'column'])
      if (renamed.has(found.name))
        throw userError('header.twice', `“${found.name}” gets two names.`, { field: ['names', index, 'column'] })
      renamed.set(found.name, name)
    }
    const result = input.columns.map(({ name }) => ({ name: renamed.get(name) ?? name }))
    checkDistinctNames(result, 'The result', ['names'])
    const list = joinSql(
      input.columns.map(({ name }, index) => sql`${identifier(name)} AS ${identifier(result[index]?.name ?? name)}`),
    )
    // A part of the rows need not begin with the first one.
    if (config.changed === 'ignore' || sampled)
      return { out: sql`SELECT ${list} FROM ${input.name} OFFSET ${config.row}` }
    const place = identifier(freeName('ld$row', input.columns))
    const numbered = sql`(SELECT *, row_number() OVER () AS ${place} FROM ${input.name})`
    const checks = [...renamed].map(([column, name]) => otherName(input.columns, column, name, nodeId))
    // Rows above the names pass the first test, those below the second; the row itself is looked at.
    const passes = sql`CASE WHEN ${place} <> ${config.row} THEN ${place} > ${config.row} ${joinSql(checks, ' ')} ELSE FALSE END`
    return { out: sql`SELECT ${list} FROM ${numbered} WHERE ${passes}` }
  },
}

function otherName(columns: readonly Column[], column: string, name: string, nodeId: string): Sql {
  const value = sql`coalesce(${trimmed(sql`CAST(${identifier(column)} AS VARCHAR)`)}, '')`
  const place = columns.findIndex((each) => each.name === column)
  // What was empty, or came twice, got a number.
  const numbered = raw(literal(`^${escaped(withoutNumber(name))}$`).text)
  const wasEmpty = new RegExp(`^column_${place + 1}(_\\d+)?$`, 'i').test(name)
  const same = sql`${value} = ${name} OR (${value} = '' AND ${raw(String(wasEmpty))}) OR regexp_matches(${value}, ${numbered})`
  const error = failure(
    'header.changed',
    ['names'],
    [`The row with the names says “`, sql`left(${value}, 80)`, `” in the column “${column}”, and not “${name}”.`],
    'Take the names from the row again, or choose to use the names as they are.',
    nodeId,
  )
  return sql`WHEN NOT (${same}) THEN ${error}`
}

const withoutNumber = (name: string): string => name.replace(/_\d+$/, '')
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function namesInRow({ row }: HeaderConfig, columns: readonly Column[], input: Sql): Suggestion {
  const values = columns.map(({ name }) => sql`CAST(${identifier(name)} AS VARCHAR)`)
  return {
    query: sql`SELECT unnest([${joinSql(values)}]) FROM (SELECT * FROM ${input} LIMIT 1 OFFSET ${row - 1})`,
    limit: 2000,
    change: (rows) => {
      const taken = new Set<string>()
      const names = columns.map((column, index) => {
        const name = freeOf((rows[index]?.[0] ?? '').trim() || `column_${index + 1}`, taken)
        taken.add(nameKey(name))
        return { column: column.name, name }
      })
      return { names }
    },
  }
}

function freeOf(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let number = 2; taken.has(nameKey(name)); number++) name = `${wanted}_${number}`
  return name
}
