import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, type SqlType, typeSql } from '../../kit/types.ts'
import { type ExplodeConfig, explodeDescriptor } from './descriptor.ts'

/** A chosen column as the lists that it stands for. */
interface Exploded {
  readonly column: Column
  readonly parts: readonly { readonly name: string; readonly list: Sql; readonly item: SqlType }[]
  /** True for a text that is no JSON array. Absent for real lists. */
  readonly bad?: Sql
}

interface Output {
  readonly name: string
  readonly value: Sql
  /** Of an item, its type. */
  readonly item: SqlType | undefined
}

const VARCHAR: SqlType = { kind: 'scalar', name: 'VARCHAR' }

export const explode: RelationModule<typeof explodeDescriptor, undefined> = {
  kind: 'relation',
  descriptor: explodeDescriptor,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    if (config.columns.length === 0)
      throw userError('config.missing', 'Choose the columns with lists.', { field: ['columns'] })
    const layers = new Layers(input)
    const chosen = config.columns.map((name, index) =>
      exploded(requireColumn(input.columns, name, ['columns', index]), config, layers, nodeId, index),
    )
    const lists = chosen.flatMap((each) => each.parts.map((part) => part.list))
    const lengths = chosen.map(({ parts }) => sql`coalesce(len(${parts[0]?.list ?? raw('NULL')}), 0)`)
    const longest = lengths.length > 1 ? sql`greatest(${joinSql(lengths)})` : joinSql(lengths)
    const rows = (list: Sql): Sql =>
      config.empty === 'keep' && lists.length > 0
        ? sql`unnest(CASE WHEN ${longest} = 0 THEN [NULL] ELSE ${list} END)`
        : sql`unnest(${list})`
    const items = input.columns.flatMap((column): Output[] => {
      const own = chosen.find((each) => each.column === column)
      return own
        ? own.parts.map(({ name, list, item }) => ({ name, value: rows(list), item }))
        : [{ name: column.name, value: identifier(column.name), item: undefined }]
    })
    const position = config.position_column
      ? [{ name: config.position_column, value: rows(sql`range(1, ${longest} + 1)`), item: undefined }]
      : []
    const all: Output[] = [...items, ...position]
    const bad = chosen.flatMap((each) => (each.bad ? [{ column: each.column, bad: each.bad }] : []))
    const anyBad =
      bad.length > 0
        ? joinSql(
            bad.map((each) => sql`(${each.bad})`),
            ' OR ',
          )
        : raw('FALSE')
    const tests = [
      ...(config.on_error === 'reject' && bad.length > 0 ? [sql`NOT (${anyBad})`] : []),
      ...(config.lengths === 'fail' && lengths.length > 1 ? [sameLength(lengths, nodeId)] : []),
    ]
    const where = tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw('')
    const flat = sql`SELECT ${joinSql(all.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))} FROM ${layers.from}${where}`
    const outputs = all.flatMap((each) =>
      config.structs === 'columns' ? fieldsOf(each) : [{ name: each.name, value: identifier(each.name) }],
    )
    checkDistinctNames(outputs, 'The result', ['columns'])
    checkDistinctNames(all, 'The result', ['position_column'])
    const columnName = identifier(freeName('_column', input.columns))
    const reasonName = identifier(freeName('_reason', input.columns))
    const reject = config.on_error === 'reject' ? anyBad : raw('FALSE')
    return {
      out:
        outputs.length === all.length
          ? flat
          : sql`SELECT ${joinSql(outputs.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))} FROM (${flat})`,
      reject: sql`SELECT *, ${firstBad(bad, ({ name }) => literal(name))} AS ${columnName}, ${firstBad(bad, reason)} AS ${reasonName} FROM ${input.name} WHERE ${reject}`,
    }
  },
}

function exploded(column: Column, config: ExplodeConfig, layers: Layers, nodeId: string, index: number): Exploded {
  const type = columnType(column.type)
  const value = identifier(column.name)
  const { name } = column
  if (type.kind === 'list') {
    const { list, item } = leveled(value, type, config.all_levels)
    return { column, parts: [{ name, list, item }] }
  }
  if (type.kind === 'map')
    return {
      column,
      parts: [
        { name: `${name}_key`, list: sql`map_keys(${value})`, item: type.key },
        { name: `${name}_value`, list: sql`map_values(${value})`, item: type.value },
      ],
    }
  const isJson = type.kind === 'scalar' && type.name === 'JSON'
  if (!isJson && !(type.kind === 'scalar' && type.name === 'VARCHAR'))
    throw userError('explode.no-list', `“${name}” holds no lists: its type is ${column.type}.`, {
      field: ['columns', index],
      hint:
        type.kind === 'struct'
          ? 'Its fields become columns with Flatten, or rows with Unpivot after that.'
          : 'Choose a column of lists, maps or JSON arrays; Split makes lists of texts.',
    })
  const kind = isJson
    ? sql`json_type(${value})`
    : sql`CASE WHEN json_valid(${value}) THEN json_type(${value}) ELSE '' END`
  const bad = sql`${value} IS NOT NULL AND ${kind} NOT IN ('ARRAY', 'NULL')`
  const error = failure(
    'explode.no-array',
    ['columns', index],
    ['“', sql`left(CAST(${value} AS VARCHAR), 80)`, `” of the column “${name}” is no JSON array.`],
    'Send such rows to the reject port, or count them as empty.',
    nodeId,
  )
  const instead = config.on_error === 'fail' ? sql`[${error}]` : raw('NULL')
  // Its length is asked for before its items: the text is read once for both.
  const list = sql`CASE WHEN ${bad} THEN ${instead} ELSE json_extract_string(${value}, '$[*]') END`
  return {
    column,
    bad,
    parts: [
      {
        name,
        list: layers.hold({ value: list, layer: 0 }).value,
        item: VARCHAR,
      },
    ],
  }
}

/** The items of the first level, or of the last. A list of a fixed size is a list like any other. */
function leveled(value: Sql, type: SqlType & { kind: 'list' }, all: boolean): { list: Sql; item: SqlType } {
  let list = type.size === undefined ? value : sql`CAST(${value} AS ${typeSql(type.item)}[])`
  let item = type.item
  while (all && item.kind === 'list') {
    list = sql`flatten(CAST(${list} AS ${typeSql(item.item)}[][]))`
    item = item.item
  }
  return { list, item }
}

function fieldsOf({
  name,
  item,
}: {
  readonly name: string
  readonly item: SqlType | undefined
}): { name: string; value: Sql }[] {
  if (item?.kind !== 'struct') return [{ name, value: identifier(name) }]
  return item.fields.map((field, index) => ({
    name: `${name}_${field.name || index + 1}`,
    value: sql`struct_extract(${identifier(name)}, ${field.name === '' ? index + 1 : field.name})`,
  }))
}

function sameLength(lengths: readonly Sql[], nodeId: string): Sql {
  const [first = raw('0'), ...others] = lengths
  const differ = joinSql(
    others.map((each) => sql`${each} <> ${first}`),
    ' OR ',
  )
  const shown = lengths.flatMap((each, index) => [...(index > 0 ? [' and '] : []), sql`CAST(${each} AS VARCHAR)`])
  const error = failure(
    'explode.lengths-differ',
    ['columns'],
    ['The lists of a row have ', ...shown, ' items.'],
    'Let shorter lists be filled with empty values, or explode one column after the other.',
    nodeId,
  )
  return sql`CASE WHEN ${differ} THEN ${error} ELSE TRUE END`
}

const reason = (column: Column): Sql =>
  sql`concat('“', left(CAST(${identifier(column.name)} AS VARCHAR), 80), '” is no JSON array')`

function firstBad(bad: readonly { column: Column; bad: Sql }[], value: (column: Column) => Sql): Sql {
  if (bad.length === 0) return raw('CAST(NULL AS VARCHAR)')
  return sql`CASE ${joinSql(
    bad.map((each) => sql`WHEN ${each.bad} THEN ${value(each.column)}`),
    ' ',
  )} END`
}
