import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { serialised } from '../../kit/serialise.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, isScalar } from '../../kit/types.ts'
import { groupColumns, partitionBy, totalOrder, windowSql } from '../../kit/windows.ts'
import { type RowIdConfig, rowIdDescriptor } from './descriptor.ts'

export const rowId: RelationModule<typeof rowIdDescriptor, undefined> = {
  kind: 'relation',
  descriptor: rowIdDescriptor,
  keepsRows: true,
  // Where two branches follow, both must see the same ids.
  blocking: true,
  volatile: ({ kind, uuid }) => kind === 'uuid' && uuid !== 'columns',
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const select = (value: Sql, from: Sql = input.name, except: readonly Sql[] = []): { out: Sql } => ({
      out: sql`SELECT ${withColumns(input.columns, [{ name: config.name, value, field: ['name'] }], except)} FROM ${from}`,
    })
    if (config.kind === 'hash') return select(hashOf(config, columnsOf(config, input.columns)))
    if (config.kind === 'uuid') return select(uuidOf(config, input.columns))
    if (config.step === 0)
      throw userError('row-id.step', 'With a step of 0, all rows would have one number.', { field: ['step'] })
    const groups = groupColumns(config.group_by, input.columns, ['group_by'])
    const numbered = (number: Sql): Sql =>
      config.start === 1 && config.step === 1
        ? number
        : sql`CAST(${config.start} AS BIGINT) + (${number} - 1) * CAST(${config.step} AS BIGINT)`
    if (config.order.length > 0) {
      const order = totalOrder(config.order, input.columns, parameters, ['order'], groups)
      return select(numbered(sql`row_number() OVER ${windowSql([partitionBy(groups), sql`ORDER BY ${order}`])}`))
    }
    // Counting without a partition streams: it numbers the rows as they come.
    if (groups.length === 0) return select(numbered(raw('row_number() OVER ()')))
    const position = identifier(freeName('position', input.columns))
    const from = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
    const over = windowSql([partitionBy(groups), sql`ORDER BY ${position}`])
    return select(numbered(sql`row_number() OVER ${over}`), from, [position])
  },
}

function columnsOf(config: RowIdConfig, columns: readonly Column[]): Column[] {
  if (config.columns.length === 0) return [...columns]
  return config.columns.map((name, index) => requireColumn(columns, name, ['columns', index]))
}

function hashOf({ algorithm }: RowIdConfig, columns: readonly Column[]): Sql {
  const text = serialised(columns)
  return algorithm === 'hash64' ? sql`md5_number_lower(${text})` : sql`${raw(algorithm)}(${text})`
}

function uuidOf(config: RowIdConfig, columns: readonly Column[]): Sql {
  switch (config.uuid) {
    case 'random':
      return raw('uuidv4()')
    case 'time':
      return raw('uuidv7()')
    case 'columns': {
      const chosen = columnsOf(config, columns)
      const [only, ...others] = chosen
      const isText = only !== undefined && others.length === 0 && isScalar(columnType(only.type), 'VARCHAR')
      return uuidV5(config.namespace, isText ? identifier(only.name) : serialised(chosen))
    }
    default:
      return assertNever(config.uuid)
  }
}

/** RFC 9562, 5.5: the SHA-1 of namespace and name, with the version in place of its 13th digit and the variant in the 17th. */
function uuidV5(namespace: string, name: Sql): Sql {
  const digest = sql`sha1(unhex(${namespace.replaceAll('-', '').toLowerCase()}) || encode(${name}))`
  return sql`CAST(${digest}[1:12] || '5' || ${digest}[14:16] || translate(${digest}[17:17], '0123456789abcdef', '89ab89ab89ab89ab') || ${digest}[18:32] AS UUID)`
}
