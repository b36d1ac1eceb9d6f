import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { alwaysFits, castColumn, castOfFitting, impliedType } from '../../kit/cast-column.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, parseType } from '../../kit/types.ts'
import { orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type SelectConfig, selectDescriptor } from './descriptor.ts'

interface Selected {
  readonly source: Column
  readonly name: string
  readonly value: Sql
  /** Absent when every value fits. */
  readonly unfit?: Unfit
}

export const select: RelationModule<typeof selectDescriptor, undefined> = {
  kind: 'relation',
  descriptor: selectDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const selected = selectColumns(config, input.columns)
    const unfits = selected.flatMap(({ unfit }) => unfit ?? [])
    const values = selected.map(({ name, value, unfit }) => {
      return sql`${orFail(value, unfit ? [unfit] : [], config.on_error, nodeId)} AS ${identifier(name)}`
    })
    return {
      out: sql`SELECT ${joinSql(values)} FROM ${input.name}${passes(unfits, config.on_error)}`,
      reject: rejects(input.name, input.columns, unfits, config.on_error),
    }
  },
}

function selectColumns(config: SelectConfig, columns: readonly Column[]): Selected[] {
  const listed = config.columns.map((item, index) => selectColumn(item, columns, config.on_error, ['columns', index]))
  const names = new Set(listed.map(({ source }) => source.name))
  const others = config.others === 'drop' ? [] : columns.filter((column) => !names.has(column.name))
  const all = [
    ...listed,
    ...others.map((source): Selected => ({ source, name: source.name, value: identifier(source.name) })),
  ]
  if (all.length === 0)
    throw userError('select.empty', 'No column is left.', {
      field: ['columns'],
      hint: 'List at least one column, or keep the others.',
    })
  checkDistinctNames(all, 'The result', ['columns'])
  return all
}

function selectColumn(
  item: SelectConfig['columns'][number],
  columns: readonly Column[],
  onError: SelectConfig['on_error'],
  field: FieldPath,
): Selected {
  const source = requireColumn(columns, item.column, [...field, 'column'])
  const value = identifier(source.name)
  const name = item.name ?? source.name
  const from = columnType(source.type)
  if (item.type === undefined && item.format === undefined) return { source, name, value }
  const given = item.type
  const wanted = given === undefined ? undefined : atField([...field, 'type'], () => parseType(given))
  const to = wanted ?? impliedType(from, item.format ?? '')
  const cast = castColumn(value, from, to, item, [...field, 'format'])
  if (cast.text === value.text) return { source, name, value }
  if (alwaysFits(from, to, item)) return { source, name, value: cast }
  const unfit: Unfit = {
    column: source.name,
    failed: sql`${value} IS NOT NULL AND ${cast} IS NULL`,
    shown: sql`CAST(${value} AS VARCHAR)`,
    why: `does not fit ${formatType(to)}`,
    whyFailed: `does not fit ${formatType(to)} without loss`,
    code: 'cast.failed',
    hint: 'Send such rows to the reject port, leave them empty, or allow loss.',
    field,
  }
  if (onError === 'null') return { source, name, value: cast, unfit }
  return { source, name, value: castOfFitting(value, from, to, item, [...field, 'format']), unfit }
}
