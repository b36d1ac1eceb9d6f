import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast } from '../../kit/casts.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, isScalar, parseType, type SqlType, typeSql } from '../../kit/types.ts'
import { type SelectConfig, selectDescriptor } from './descriptor.ts'

interface Selected {
  readonly source: Column
  readonly name: string
  readonly value: Sql
  /** True for a row whose value does not fit. Absent when every value fits. */
  readonly failed?: Sql
  readonly target: string
  readonly field: FieldPath
}

export const select: RelationModule<typeof selectDescriptor, undefined> = {
  kind: 'relation',
  descriptor: selectDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const selected = selectColumns(config, input.columns)
    const casts = selected.flatMap((column) => (column.failed ? [{ ...column, failed: column.failed }] : []))
    const anyFailed =
      casts.length === 0
        ? raw('FALSE')
        : joinSql(
            casts.map(({ failed }) => sql`(${failed})`),
            ' OR ',
          )
    const values = selected.map((column) => {
      const value = config.on_error === 'fail' ? orFail(column, nodeId) : column.value
      return sql`${value} AS ${identifier(column.name)}`
    })
    const kept = config.on_error === 'reject' && casts.length > 0 ? sql` WHERE NOT (${anyFailed})` : raw('')
    const rejected = config.on_error === 'reject' ? anyFailed : raw('FALSE')
    const columnName = freeName('_column', input.columns)
    const reasonName = freeName('_reason', input.columns)
    return {
      out: sql`SELECT ${joinSql(values)} FROM ${input.name}${kept}`,
      reject: sql`SELECT *, ${firstFailure(casts, (column) => literal(column.source.name))} AS ${identifier(columnName)}, ${firstFailure(casts, reason)} AS ${identifier(reasonName)} FROM ${input.name} WHERE ${rejected}`,
    }
  },
}

function selectColumns(config: SelectConfig, columns: readonly Column[]): Selected[] {
  const listed = config.columns.map((item, index): Selected => {
    const field = ['columns', index]
    const source = requireColumn(columns, item.column, [...field, 'column'])
    const value = identifier(source.name)
    const name = item.name ?? source.name
    const from = columnType(source.type)
    if (item.type === undefined && item.format === undefined) return { source, name, value, target: source.type, field }
    const given = item.type
    const wanted = given === undefined ? undefined : atField([...field, 'type'], () => parseType(given))
    const to = wanted ?? impliedType(from, item.format ?? '')
    const cast = castOf(value, from, to, item, [...field, 'format'])
    const target = formatType(to)
    if (cast.text === value.text) return { source, name, value, target, field }
    return { source, name, value: cast, target, field, failed: sql`${value} IS NOT NULL AND ${cast} IS NULL` }
  })
  const names = new Set(listed.map(({ source }) => source.name))
  const others = config.others === 'drop' ? [] : columns.filter((column) => !names.has(column.name))
  const all = [
    ...listed,
    ...others.map(
      (source): Selected => ({
        source,
        name: source.name,
        value: identifier(source.name),
        target: source.type,
        field: ['columns'],
      }),
    ),
  ]
  if (all.length === 0)
    throw userError('select.empty', 'No column is left.', {
      field: ['columns'],
      hint: 'List at least one column, or keep the others.',
    })
  checkDistinctNames(all, 'The result', ['columns'])
  return all
}

function impliedType(from: SqlType, format: string): SqlType {
  if (!isScalar(from, 'VARCHAR')) return { kind: 'scalar', name: 'VARCHAR' }
  const hasTime = /%-?[HIMSfngcXsTpzZ]/.test(format)
  return { kind: 'scalar', name: hasTime ? 'TIMESTAMP' : 'DATE' }
}

function castOf(
  value: Sql,
  from: SqlType,
  to: SqlType,
  item: { readonly format?: string | undefined; readonly lossy: boolean },
  field: FieldPath,
): Sql {
  if (item.format !== undefined) return castByFormat(value, from, to, item.format, item.lossy, field)
  if (item.lossy && formatType(from) !== formatType(to)) return sql`TRY_CAST(${value} AS ${typeSql(to)})`
  return exactCast(value, from, to)
}

function castByFormat(value: Sql, from: SqlType, to: SqlType, format: string, lossy: boolean, field: FieldPath): Sql {
  if (isScalar(from, 'VARCHAR')) {
    const parsed = sql`try_strptime(${value}, ${format})`
    if (isScalar(to, 'TIME')) return sql`CAST(${parsed} AS TIME)`
    if (isScalar(to, 'DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE')) {
      const zoned = /%[zZ]/.test(format)
      const own: SqlType = { kind: 'scalar', name: zoned ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP' }
      // A daylight-saving hour comes twice: back from TIMESTAMP is no proof then, and nothing is lost on the way there either.
      return lossy || zoned ? sql`TRY_CAST(${parsed} AS ${typeSql(to)})` : exactCast(parsed, own, to)
    }
  }
  const writes = isScalar(
    from,
    'DATE',
    'TIMESTAMP',
    'TIMESTAMP_S',
    'TIMESTAMP_MS',
    'TIMESTAMP_NS',
    'TIMESTAMP WITH TIME ZONE',
  )
  if (writes && isScalar(to, 'VARCHAR')) return sql`strftime(${value}, ${format})`
  throw userError('format.not-applicable', `A date format cannot turn ${formatType(from)} into ${formatType(to)}.`, {
    field: [...field],
    hint: 'It reads dates and times from texts, or writes them to texts.',
  })
}

const MAX_SHOWN = 80

function reason({ source, target }: Selected): Sql {
  return sql`concat('“', left(CAST(${identifier(source.name)} AS VARCHAR), ${MAX_SHOWN}), '” does not fit ', ${target})`
}

function orFail(column: Selected, nodeId: string): Sql {
  if (!column.failed) return column.value
  const shown = sql`left(CAST(${identifier(column.source.name)} AS VARCHAR), ${MAX_SHOWN})`
  const error = failure(
    'cast.failed',
    column.field,
    [`“`, shown, `” of the column “${column.source.name}” does not fit ${column.target} without loss.`],
    'Send such rows to the reject port, leave them empty, or allow loss.',
    nodeId,
  )
  return sql`CASE WHEN ${column.failed} THEN ${error} ELSE ${column.value} END`
}

function firstFailure(casts: readonly (Selected & { failed: Sql })[], value: (column: Selected) => Sql): Sql {
  if (casts.length === 0) return raw('CAST(NULL AS VARCHAR)')
  const cases = casts.map((column) => sql`WHEN ${column.failed} THEN ${value(column)}`)
  return sql`CASE ${joinSql(cases, ' ')} END`
}
