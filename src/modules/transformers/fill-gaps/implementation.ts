import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { typedValue } from '../../kit/comparison.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { timeKind } from '../../kit/dates.ts'
import { freeName, requireColumn, requireInput, sameName } from '../../kit/inputs.ts'
import { spineSql } from '../../kit/spine.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType, isFloat } from '../../kit/types.ts'
import { groupColumns, partitionBy } from '../../kit/windows.ts'
import { type FillGapsConfig, fillGapsDescriptor } from './descriptor.ts'

type Fill = FillGapsConfig['fill'][number]['with']

/** Columns that windows can be ordered by as they are. */
const FEW = 12

export const fillGaps: RelationModule<typeof fillGapsDescriptor, undefined> = {
  kind: 'relation',
  descriptor: fillGapsDescriptor,
  blocking: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const { columns } = input
    const column = placeColumn(config, columns)
    const groups = groupColumns(config.group_by, columns, ['group_by'])
    groups.forEach(({ name }, index) => {
      if (name === column.name)
        throw userError('fill-gaps.group', 'The column whose gaps are filled cannot be a group.', {
          field: ['group_by', index],
        })
    })
    const place = identifier(column.name)
    const [low, high, step, made, position] = ['low', 'high', 'step', 'made', 'position'].map((name) =>
      identifier(freeName(name, columns)),
    )
    if (!low || !high || !step || !made || !position) throw new TypeError('five names')
    const spine = spineSql(
      {
        from: input.name,
        groups,
        place,
        type: column.type,
        amount: config.amount,
        unit: timeKind(column.type) ? config.unit : undefined,
        first: boundOf(config, 'from', column),
        last: boundOf(config, 'to', column),
        perGroup: config.bounds === 'group',
      },
      { low, high, step },
    )
    const keys = [...groups, column]
    const same = keys.map(({ name }) => sql`old.${identifier(name)} IS NOT DISTINCT FROM new.${identifier(name)}`)
    const isKey = (name: string): boolean => keys.some((key) => sameName(key.name, name))
    const empties = columns.map(({ name, type }) =>
      isKey(name) ? sql`new.${identifier(name)}` : sql`CAST(NULL AS ${raw(type)})`,
    )
    const added = sql`SELECT ${joinSql(empties)}, TRUE FROM (${spine}) AS new ANTI JOIN ${input.name} AS old ON (${joinSql(same, ' AND ')})`
    const all = sql`(SELECT *, FALSE AS ${made} FROM ${input.name} UNION ALL ${added})`
    const rest = columns.filter(({ name }) => !isKey(name))
    const fills = fillsOf(config, rest, columns)
    // Rows of one moment are told apart by their other columns: which is the last of them must not be chance. Numbered once where columns
    // are many, since windows that are each ordered by all of them would take minutes to plan.
    const order = joinSql(
      [place, made, ...rest.map(({ name }) => identifier(name))].map((key) => sql`${key} ASC NULLS LAST`),
    )
    const isNumbered = rest.length > FEW
    const inOrder = isNumbered ? position : order
    const filled = rest.flatMap((each) => {
      const value = fillSql(each, fills.get(each.name), groups, inOrder)
      return value
        ? [sql`CASE WHEN ${made} THEN ${value} ELSE ${identifier(each.name)} END AS ${identifier(each.name)}`]
        : []
    })
    const replace = filled.length > 0 ? sql` REPLACE (${joinSql(filled)})` : raw('')
    const flag = config.flag_name
    if (flag !== undefined && columns.some(({ name }) => sameName(name, flag)))
      throw userError('column.duplicate', `There is a column “${flag}” already.`, { field: ['flag_name'] })
    const mark = flag === undefined ? raw('') : sql`, ${made} AS ${identifier(flag)}`
    const rows = isNumbered ? sql`(SELECT *, row_number() OVER (ORDER BY ${order}) AS ${position} FROM ${all})` : all
    const last = joinSql([...groups.map(({ name }) => sql`${identifier(name)} ASC NULLS LAST`), inOrder])
    return {
      out: sql`SELECT * EXCLUDE (${isNumbered ? sql`${made}, ${position}` : made})${replace}${mark} FROM ${rows} ORDER BY ${last}`,
    }
  },
}

function placeColumn(config: FillGapsConfig, columns: readonly Column[]): Column {
  const column = requireColumn(columns, config.column, ['column'])
  const integer = integerType(columnType(column.type))
  if (timeKind(column.type) === 'date' && ['hour', 'minute', 'second'].includes(config.unit))
    throw userError('date.unit', `“${column.name}” is a DATE, which has no ${config.unit}s.`, { field: ['unit'] })
  if (timeKind(column.type) || integer) return column
  throw userError('fill-gaps.type', `“${column.name}” is ${column.type}, which has no steps.`, {
    field: ['column'],
    hint: 'Choose a date, a timestamp or a whole number.',
  })
}

function boundOf(config: FillGapsConfig, side: 'from' | 'to', column: Column): Sql | undefined {
  const given = config.bounds === 'given' ? config[side] : undefined
  if (config.bounds === 'given' && config.from === undefined && config.to === undefined)
    throw userError('config.missing', 'Give the first or the last value.', { field: ['from'] })
  if (given === undefined) return undefined
  return sql`CAST(${typedValue(given, columnType(column.type), [side])} AS ${raw(column.type)})`
}

function fillsOf(config: FillGapsConfig, rest: readonly Column[], columns: readonly Column[]) {
  const numeric = ({ type }: Column): boolean => {
    const parsed = columnType(type)
    return integerType(parsed) !== undefined || parsed.kind === 'decimal' || isFloat(parsed)
  }
  const fills = new Map<string, { readonly with: Fill; readonly value?: Sql }>(
    rest.map((column) => [
      column.name,
      { with: config.others === 'zero' && !numeric(column) ? 'empty' : config.others },
    ]),
  )
  config.fill.forEach((item, index) => {
    const field = ['fill', index]
    const column = requireColumn(columns, item.column, [...field, 'column'])
    if (!fills.has(column.name))
      throw userError('fill-gaps.key', `“${column.name}” is always filled.`, { field: [...field, 'column'] })
    if (item.with === 'zero' && !numeric(column))
      throw userError('fill-gaps.zero', `“${column.name}” is ${column.type}, which has no zero.`, {
        field: [...field, 'with'],
        hint: 'Fill it with a value instead.',
      })
    if (item.with === 'value' && item.value === undefined)
      throw userError('config.missing', 'Give the value.', { field: [...field, 'value'] })
    const value =
      item.with === 'value' ? typedValue(item.value ?? '', columnType(column.type), [...field, 'value']) : undefined
    fills.set(column.name, { with: item.with, ...(value ? { value } : {}) })
  })
  return fills
}

/** What a new row has in a column; nothing where that is empty. */
function fillSql(
  column: Column,
  fill: { with: Fill; value?: Sql } | undefined,
  groups: readonly Column[],
  position: Sql,
): Sql | undefined {
  const value = identifier(column.name)
  switch (fill?.with) {
    case 'zero':
      return sql`CAST(0 AS ${raw(column.type)})`
    case 'value':
      return fill.value && sql`CAST(${fill.value} AS ${raw(column.type)})`
    case 'previous':
    case 'next': {
      const [call, frame] =
        fill.with === 'previous'
          ? ['last_value', 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW']
          : ['first_value', 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING']
      return sql`${raw(call ?? '')}(${value} IGNORE NULLS) OVER (${partitionBy(groups)} ORDER BY ${position} ${raw(frame ?? '')})`
    }
    default:
      return undefined
  }
}
