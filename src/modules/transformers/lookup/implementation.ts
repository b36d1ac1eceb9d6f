import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast } from '../../kit/casts.ts'
import { commonType } from '../../kit/common-type.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { sideOrder } from '../../kit/side-order.ts'
import { equalKeys, type KeyPair, of } from '../../kit/sides.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType } from '../../kit/types.ts'
import { type LookupConfig, lookupDescriptor } from './descriptor.ts'

const IN = identifier('in')
const FOUND = identifier('table')

interface Added {
  readonly column: Column
  readonly name: string
  readonly fallback: Sql
}

export const lookup: RelationModule<typeof lookupDescriptor, undefined> = {
  kind: 'relation',
  descriptor: lookupDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const table = requireInput(inputs, 'table')
    const keys = lookupKeys(config, input, table)
    const added = addedColumns(config, keys, input, table, nodeId)
    const mark = identifier(freeName('matched', table.columns))
    const count = identifier(freeName('matches', table.columns))
    const on = joinSql(equalKeys(keys, config.null_equal, IN, FOUND), ' AND ')
    const found = sql`${FOUND}.${mark}`
    const orDefault = config.no_match === 'keep'
    const outputs = [
      sql`${IN}.*`,
      ...added.map(({ column, name, fallback }) => {
        const value = of(FOUND, column)
        const shown =
          orDefault && fallback.text !== 'NULL' ? sql`CASE WHEN ${found} THEN ${value} ELSE ${fallback} END` : value
        return sql`${shown} AS ${identifier(name)}`
      }),
      ...(config.found_column ? [sql`${found} IS NOT NULL AS ${identifier(config.found_column)}`] : []),
    ]
    const kind = config.no_match === 'keep' || config.no_match === 'fail' ? 'LEFT' : 'INNER'
    const tests = [
      ...(config.several === 'fail' ? [oneMatch(nodeId, keys, count)] : []),
      ...(config.no_match === 'fail' ? [mustMatch(nodeId, keys, found)] : []),
    ]
    const where = tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw('')
    const columnName = freeName('_column', input.columns)
    const reasonName = freeName('_reason', input.columns)
    const keyNames = keys.map((key) => key.left.name).join(', ')
    const shownKey = joinSql(
      keys.map((key) => sql`coalesce(left(CAST(${of(IN, key.left)} AS VARCHAR), 80), 'NULL')`),
      `, ', ', `,
    )
    const rejected = sql`SELECT ${IN}.*, ${keyNames} AS ${identifier(columnName)}, concat('“', ${shownKey}, '” is not in the table') AS ${identifier(reasonName)} FROM ${input.name} AS ${IN}`
    return {
      out: sql`SELECT ${joinSql(outputs)} FROM ${input.name} AS ${IN} ${raw(kind)} JOIN ${candidates(config, keys, table, added, mark, count)} AS ${FOUND} ON ${on}${where}`,
      reject:
        config.no_match === 'reject'
          ? sql`${rejected} ANTI JOIN ${table.name} AS ${FOUND} ON ${on}`
          : sql`${rejected} WHERE FALSE`,
    }
  },
}

function lookupKeys(config: LookupConfig, input: InputRelation, table: InputRelation): KeyPair[] {
  if (config.keys.length === 0)
    throw userError('lookup.no-key', 'Nothing says which row to find.', {
      field: ['keys'],
      hint: 'Add a column and the one of the table that it equals.',
    })
  return config.keys.map(({ column, equals }, index) => {
    const left = requireColumn(input.columns, column, ['keys', index, 'column'])
    const right = requireColumn(table.columns, equals, ['keys', index, 'equals'])
    if (!commonType(columnType(left.type), columnType(right.type)))
      throw userError(
        'join.types',
        `The keys cannot be equal: “${left.name}” is ${left.type} and “${right.name}” is ${right.type}.`,
        { field: ['keys', index], hint: 'Cast one of them with Select columns first.' },
      )
    return { left, right }
  })
}

function addedColumns(
  config: LookupConfig,
  keys: readonly KeyPair[],
  input: InputRelation,
  table: InputRelation,
  nodeId: string,
): Added[] {
  const listed =
    config.add.length > 0
      ? config.add.map((item, index) => {
          const column = requireColumn(table.columns, item.column, ['add', index, 'column'])
          return { column, name: item.name ?? column.name, fallback: fallbackOf(item.default, column, index, nodeId) }
        })
      : table.columns
          .filter((column) => !keys.some((key) => key.right === column))
          .map((column) => ({ column, name: column.name, fallback: literal(null) }))
  const found = config.found_column ? [{ name: config.found_column }] : []
  checkDistinctNames([...input.columns, ...listed, ...found], 'The result', ['add'])
  return listed
}

/** A default as the column's type; one that does not fit stops the run when it is needed. */
function fallbackOf(text: string | undefined, column: Column, index: number, nodeId: string): Sql {
  if (text === undefined) return literal(null)
  const cast = exactCast(literal(text), { kind: 'scalar', name: 'VARCHAR' }, columnType(column.type))
  if (cast.text === literal(text).text) return cast
  const error = failure(
    'lookup.default',
    ['add', index, 'default'],
    [`The default “${text}” does not fit “${column.name}”, which is ${column.type}.`],
    'Write a value of that type.',
    nodeId,
  )
  return sql`CASE WHEN ${cast} IS NULL THEN ${error} ELSE ${cast} END`
}

/** The rows of the table that can be found: those of one key are one row, unless all are wanted. */
function candidates(
  config: LookupConfig,
  keys: readonly KeyPair[],
  table: InputRelation,
  added: readonly Added[],
  mark: Sql,
  count: Sql,
): Sql {
  const own = keys.map((key) => identifier(key.right.name))
  const used = [...new Set([...keys.map((key) => key.right), ...added.map(({ column }) => column)])]
  const names = joinSql([...used.map((column) => identifier(column.name)), sql`TRUE AS ${mark}`])
  if (config.several === 'all') return sql`(SELECT ${names} FROM ${table.name})`
  if (config.several === 'fail') {
    const values = used
      .filter((column) => !keys.some((key) => key.right === column))
      .map((column) => sql`any_value(${identifier(column.name)}) AS ${identifier(column.name)}`)
    // any_value skips NULL: fine for the one row that a key may have.
    return sql`(SELECT ${joinSql([...new Set(own.map((name) => name.text))].map(raw))}, TRUE AS ${mark}, count(*) AS ${count}${values.length > 0 ? sql`, ${joinSql(values)}` : raw('')} FROM ${table.name} GROUP BY ${joinSql(own)})`
  }
  const order = sideOrder(
    config.order,
    table.columns,
    ['order'],
    undefined,
    keys.map((key) => key.right),
  )
  return sql`(SELECT ${names} FROM ${table.name} QUALIFY row_number() OVER (PARTITION BY ${joinSql(own)} ORDER BY ${order}) = 1)`
}

const shownKeys = (keys: readonly KeyPair[]): Sql =>
  joinSql(
    keys.map((key) => sql`coalesce(CAST(${of(IN, key.left)} AS VARCHAR), 'NULL')`),
    ` || ', ' || `,
  )

function oneMatch(nodeId: string, keys: readonly KeyPair[], count: Sql): Sql {
  const error = failure(
    'lookup.several',
    ['several'],
    ['The table has several rows for the key: ', shownKeys(keys)],
    'Deduplicate the table, or take the first or all of them.',
    nodeId,
  )
  return sql`CASE WHEN ${FOUND}.${count} > 1 THEN ${error} ELSE TRUE END`
}

function mustMatch(nodeId: string, keys: readonly KeyPair[], found: Sql): Sql {
  const error = failure(
    'lookup.not-found',
    ['no_match'],
    ['The table has no row for the key: ', shownKeys(keys)],
    'Add it to the table, or keep or reject such rows.',
    nodeId,
  )
  return sql`CASE WHEN ${found} IS NULL THEN ${error} ELSE TRUE END`
}
