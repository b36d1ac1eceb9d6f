import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { commonType } from '../../kit/common-type.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { sideOrder } from '../../kit/side-order.ts'
import { equalKeys, LEFT, nameRightColumns, of, RIGHT, resolveKeys } from '../../kit/sides.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType } from '../../kit/types.ts'
import { type Bound, boundOf, compare, place } from './bounds.ts'
import { type RangeJoinConfig, rangeJoinDescriptor } from './descriptor.ts'

export const rangeJoin: RelationModule<typeof rangeJoinDescriptor, undefined> = {
  kind: 'relation',
  descriptor: rangeJoinDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs }) => {
    const left = requireInput(inputs, 'left')
    const right = requireInput(inputs, 'right')
    const keys = resolveKeys(config.keys, left, right)
    const on = joinSql([...equalKeys(keys), ...rangeConditions(config, left, right)], ' AND ')
    const rest = (kept: Sql, keptFrom: InputRelation, other: Sql, otherFrom: InputRelation): Sql =>
      keys.length > 0
        ? sql`SELECT ${kept}.* FROM ${keptFrom.name} AS ${kept} ANTI JOIN ${otherFrom.name} AS ${other} ON ${on}`
        : restBySorting(kept, keptFrom, other, otherFrom, on)
    const values = nameRightColumns(config, keys, left, right).map(
      ({ column, name }) => sql`${of(RIGHT, column)} AS ${identifier(name)}`,
    )
    const from = (table: Sql): Sql =>
      sql`${table} AS ${LEFT} ${raw(config.keep === 'all' ? 'LEFT' : 'INNER')} JOIN ${right.name} AS ${RIGHT} ON ${on}`
    return {
      match:
        config.matches === 'all'
          ? sql`SELECT ${joinSql([sql`${LEFT}.*`, ...values])} FROM ${from(left.name)}`
          : single(nodeId, config, left, right, values, from),
      left_rest: rest(LEFT, left, RIGHT, right),
      right_rest: rest(RIGHT, right, LEFT, left),
    }
  },
}

/** DuckDB joins by sorting (IEJoin) for a left join, but compares all with all for an anti join. */
function restBySorting(kept: Sql, keptFrom: InputRelation, other: Sql, otherFrom: InputRelation, on: Sql): Sql {
  const mark = identifier(freeName('matched', otherFrom.columns))
  const marked = sql`(SELECT *, TRUE AS ${mark} FROM ${otherFrom.name})`
  return sql`SELECT ${kept}.* FROM ${keptFrom.name} AS ${kept} LEFT JOIN ${marked} AS ${other} ON ${on} WHERE ${other}.${mark} IS NULL`
}

/** One right row per left row; the left rows are numbered, since two may be equal. */
function single(
  nodeId: string,
  config: RangeJoinConfig,
  left: InputRelation,
  right: InputRelation,
  values: readonly Sql[],
  from: (left: Sql) => Sql,
): Sql {
  const row = identifier(freeName('row', left.columns))
  const numbered = sql`(SELECT *, row_number() OVER () AS ${row} FROM ${left.name})`
  const select = sql`SELECT ${joinSql([sql`${LEFT}.* EXCLUDE (${row})`, ...values])} FROM ${from(numbered)}`
  if (config.matches === 'fail') {
    const shown = joinSql(
      left.columns.slice(0, 3).map((column) => sql`coalesce(left(CAST(${of(LEFT, column)} AS VARCHAR), 60), 'NULL')`),
      ` || ', ' || `,
    )
    const error = failure(
      'range.several',
      ['matches'],
      ['A left row lies in several ranges of the right: ', shown],
      'Make the ranges distinct, or take all matches or the first.',
      nodeId,
    )
    return sql`${select} QUALIFY CASE WHEN count(*) OVER (PARTITION BY ${LEFT}.${row}) > 1 THEN ${error} ELSE TRUE END`
  }
  const start = { column: config.right_start, direction: 'asc' as const }
  const order = sideOrder([...config.match_order, start], right.columns, ['match_order'], RIGHT)
  return sql`${select} QUALIFY row_number() OVER (PARTITION BY ${LEFT}.${row} ORDER BY ${order}) = 1`
}

function rangeConditions(config: RangeJoinConfig, left: InputRelation, right: InputRelation): Sql[] {
  const start = requireColumn(right.columns, config.right_start, ['right_start'])
  const end = requireColumn(right.columns, config.right_end, ['right_end'])
  checkComparable(start, end, ['right_end'])
  const open = config.empty_bound === 'open'
  if (config.compare === 'value') {
    const value = leftColumn(config, left, 'left_value')
    checkComparable(value, start, ['left_value'])
    checkComparable(value, end, ['left_value'])
    const point = place(LEFT, value)
    const [from, to] = [boundOf(RIGHT, start, 'start', open, [value]), boundOf(RIGHT, end, 'end', open, [value])]
    return [
      // Where nothing else needs the value, it must still be one. A test of one side alone would keep DuckDB from sorting.
      ...(from.nullIsOpen && to.nullIsOpen ? [sql`${point} IS NOT NULL`] : []),
      compare(point, includes(config, 'start') ? '>=' : '>', from),
      compare(point, includes(config, 'end') ? '<=' : '<', to),
    ]
  }
  const [leftStart, leftEnd] = [leftColumn(config, left, 'left_start'), leftColumn(config, left, 'left_end')]
  checkComparable(leftStart, leftEnd, ['left_end'])
  checkComparable(leftStart, end, ['left_start'])
  checkComparable(start, leftEnd, ['left_end'])
  const one = rangeOf(config, LEFT, leftStart, leftEnd, end)
  const two = rangeOf(config, RIGHT, start, end, leftEnd)
  return [overlaps(config, one.start, two.end), overlaps(config, two.start, one.end), ...one.holds, ...two.holds]
}

const includes = (config: RangeJoinConfig, which: 'start' | 'end'): boolean =>
  config.bounds === 'both' || config.bounds === which

/** One range starts before the other ends. */
function overlaps(config: RangeJoinConfig, start: Bound, end: Bound): Sql {
  const before = compare(start.value, config.bounds === 'both' ? '<=' : '<', end)
  return start.nullIsOpen ? sql`(${start.value} IS NULL OR ${before})` : before
}

interface Range {
  readonly start: Bound
  readonly end: Bound
  /** What is to be tested besides, where the start cannot say it. */
  readonly holds: readonly Sql[]
}

/** The start is NULL, and so before no end, when the range holds nothing. */
function rangeOf(config: RangeJoinConfig, side: Sql, start: Column, end: Column, other: Column): Range {
  const open = config.empty_bound === 'open'
  const from = boundOf(side, start, 'start', open, [end, other])
  const to = boundOf(side, end, 'end', open, [start, other])
  const holds = overlaps(config, from, to)
  if (from.nullIsOpen || to.nullIsOpen) return { start: from, end: to, holds: [holds] }
  return { start: { value: sql`CASE WHEN ${holds} THEN ${from.value} END`, nullIsOpen: false }, end: to, holds: [] }
}

function leftColumn(
  config: RangeJoinConfig,
  left: InputRelation,
  field: 'left_value' | 'left_start' | 'left_end',
): Column {
  const name = config[field]
  if (name === undefined)
    throw userError(
      'config.missing',
      field === 'left_value' ? 'Choose the value.' : 'Choose both ends of the left range.',
      {
        field: [field],
      },
    )
  return requireColumn(left.columns, name, [field])
}

function checkComparable(one: Column, other: Column, field: readonly string[]): void {
  if (commonType(columnType(one.type), columnType(other.type))) return
  throw userError(
    'join.types',
    `“${one.name}” is ${one.type} and “${other.name}” is ${other.type}: they cannot be compared.`,
    { field: [...field], hint: 'Cast one of them with Select columns first.' },
  )
}
