import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { cellText } from '../../kit/cells.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, type SqlType } from '../../kit/types.ts'
import { type FlattenConfig, flattenDescriptor } from './descriptor.ts'
import { isJsonColumn, suggestFields, takenFields } from './json-fields.ts'

interface Output {
  readonly name: string
  readonly value: Sql
}

export const flatten: RelationModule<typeof flattenDescriptor, undefined> = {
  kind: 'relation',
  descriptor: flattenDescriptor,
  suggest: {
    json: ({ config, inputs }) => {
      const input = requireInput(inputs, 'in')
      const named = config.json.map(({ column }, index) =>
        requireColumn(input.columns, column, ['json', index, 'column']),
      )
      const columns = named.length > 0 ? [...new Set(named)] : input.columns.filter(isJsonColumn)
      if (columns.length === 0)
        throw userError('flatten.no-json', 'No column holds texts or JSON.', { field: ['json'] })
      return suggestFields(input.name, columns, config.json)
    },
  },
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const { fields, from, added } = takenFields(config, input, nodeId)
    const structs = structsOf(config, input.columns)
    if (structs.length === 0 && fields.length === 0)
      throw userError('flatten.nothing', 'No column has fields.', {
        field: ['columns'],
        hint: 'For JSON in texts, list its fields: the button “Take the fields from the data” finds them.',
      })
    const outputs = input.columns.flatMap((column): Output[] => {
      const own = { name: column.name, value: identifier(column.name) }
      const parts = structs.includes(column)
        ? partsOf(
            own.value,
            columnType(column.type),
            config.prefix ? [column.name] : [],
            config,
            config.depth ?? Number.POSITIVE_INFINITY,
          )
        : fields.filter((field) => field.column === column)
      if (parts.length === 0) return [own]
      return config.keep ? [own, ...parts] : parts
    })
    checkDistinctNames(outputs, 'The result', structs.length > 0 ? ['columns'] : ['json'])
    const failed =
      fields.length > 0
        ? joinSql(
            fields.map((field) => field.failed),
            ' OR ',
          )
        : raw('FALSE')
    const rejects = config.on_error === 'reject' && fields.length > 0
    const list = joinSql(outputs.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))
    const columnName = identifier(freeName('_column', input.columns))
    const reasonName = identifier(freeName('_reason', input.columns))
    const first = (value: (field: (typeof fields)[number]) => Sql): Sql =>
      rejects
        ? sql`CASE ${joinSql(
            fields.map((field) => sql`WHEN ${field.failed} THEN ${value(field)}`),
            ' ',
          )} END`
        : raw('CAST(NULL AS VARCHAR)')
    const own = added.length > 0 ? sql`* EXCLUDE (${joinSql(added)})` : raw('*')
    return {
      out: sql`SELECT ${list} FROM ${from}${rejects ? sql` WHERE NOT (${failed})` : raw('')}`,
      reject: sql`SELECT ${own}, ${first((field) => literal(field.column.name))} AS ${columnName}, ${first((field) => field.reason)} AS ${reasonName} FROM ${from} WHERE ${rejects ? failed : raw('FALSE')}`,
    }
  },
}

function structsOf(config: FlattenConfig, columns: readonly Column[]): Column[] {
  if (config.columns.length === 0) return columns.filter((column) => columnType(column.type).kind === 'struct')
  return config.columns.map((name, index) => {
    const column = requireColumn(columns, name, ['columns', index])
    if (columnType(column.type).kind === 'struct') return column
    throw userError('flatten.no-fields', `“${column.name}” has no fields: its type is ${column.type}.`, {
      field: ['columns', index],
      hint: isJsonColumn(column)
        ? 'List the fields of its JSON instead; they can be taken from the data.'
        : 'Explode makes rows of lists and maps.',
    })
  })
}

/** The fields of a struct, those of their structs, and so on. */
function partsOf(value: Sql, type: SqlType, names: readonly string[], config: FlattenConfig, depth: number): Output[] {
  if (type.kind === 'struct' && depth > 0)
    return type.fields.flatMap((field, index) => {
      const part = sql`struct_extract(${value}, ${field.name === '' ? index + 1 : field.name})`
      return partsOf(part, field.type, [...names, field.name || String(index + 1)], config, depth - 1)
    })
  const name = names.join(config.separator)
  if (type.kind !== 'list' || config.lists === 'keep') return [{ name, value }]
  const list = type.size === undefined ? value : sql`CAST(${value} AS ${raw(formatType(type.item))}[])`
  const isNested = ['list', 'struct', 'map', 'union'].includes(type.item.kind)
  if (config.lists === 'join' && !isNested)
    return [{ name, value: sql`array_to_string(CAST(${list} AS VARCHAR[]), ${config.list_separator})` }]
  return [{ name, value: sql`CAST(${cellText(value, formatType(type))} AS JSON)` }]
}
