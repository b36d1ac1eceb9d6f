import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { CompileRequest, RelationModule } from '../../kit/contract.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { orderBy } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { columnType, isFloat, isScalar, type SqlType } from '../../kit/types.ts'
import { type Fill, type FillConfig, fillDescriptor } from './descriptor.ts'
import { type FillContext, fillValue } from './methods.ts'

export const fill: RelationModule<typeof fillDescriptor, undefined> = {
  kind: 'relation',
  descriptor: fillDescriptor,
  keepsRows: true,
  blocking: ({ fills }) => fills.some(({ method }) => !['constant', 'column', 'zero'].includes(method)),
  compile: (request) => {
    const { config } = request
    const input = requireInput(request.inputs, 'in')
    const layers = new Layers(input)
    const context = contextOf(request, input.columns, layers)
    const filled = new Map<string, FieldPath>()
    const flags: { name: string; value: Sql }[] = []
    const replaced = config.fills.flatMap((item, index) =>
      selectColumns(item, input.columns, ['fills', index]).map((column) => {
        const field = ['fills', index]
        if (filled.has(column.name))
          throw userError('fill.twice', `The column “${column.name}” is filled twice.`, {
            field,
            hint: 'Take it out of one of the two.',
          })
        filled.set(column.name, field)
        const { known, value } = fillOne(item, column, context, config, field)
        if (config.flag)
          flags.push({ name: column.name + config.flag, value: sql`${known} IS NULL AND ${value} IS NOT NULL` })
        return { name: column.name, value }
      }),
    )
    checkDistinctNames([...input.columns, ...flags], 'The result', ['flag'])
    const more = flags.map(({ name, value }) => sql`(${value}) AS ${identifier(name)}`)
    return { out: layers.select(replaced, more) }
  },
}

function fillOne(item: Fill, column: Column, context: FillContext, config: FillConfig, field: FieldPath) {
  const type = columnType(column.type)
  const known = context.layers.hold({ value: knownValue(identifier(column.name), type, config), layer: 0 })
  const result = fillValue(item, { column, type, known: known.value }, context, field)
  // With a flag it is needed twice, and a window is not cheap.
  const value = config.flag
    ? context.layers.hold({ value: result.value, layer: Math.max(result.layer, known.layer) }).value
    : result.value
  return { known: known.value, value }
}

/** The value, NULL when it counts as missing. */
function knownValue(value: Sql, type: SqlType, config: FillConfig): Sql {
  if (config.nan_is_missing && isFloat(type)) return sql`CASE WHEN NOT isnan(${value}) THEN ${value} END`
  if (config.empty_is_missing && isScalar(type, 'VARCHAR'))
    return sql`CASE WHEN ${trimmed(value)} <> '' THEN ${value} END`
  return value
}

function contextOf(
  { config, parameters }: CompileRequest<FillConfig, undefined>,
  columns: readonly Column[],
  layers: Layers,
): FillContext {
  const groups = config.group_by.map((name, index) =>
    identifier(requireColumn(columns, name, ['group_by', index]).name),
  )
  const partition = groups.length > 0 ? sql`PARTITION BY ${joinSql(groups)}` : raw('')
  if (config.as_they_come && config.order.length > 0)
    throw userError('fill.order-twice', 'Rows are taken in an order, or as they come, not both.', {
      field: ['as_they_come'],
    })
  const [first] = config.order
  const axis = first?.column === undefined ? undefined : requireColumn(columns, first.column, ['order', 0, 'column'])
  const knownOf = (column: Column) => knownValue(identifier(column.name), columnType(column.type), config)
  const common = { layers, partition, axis, columns, knownOf }
  if (config.as_they_come) {
    return { ...common, inOrder: () => layers.hold({ value: raw('row_number() OVER ()'), layer: 0 }) }
  }
  if (config.order.length === 0) return common
  const keys = orderBy(config.order, columns, parameters, ['order'])
  const used = new Set(config.order.map((key) => key.column))
  const rest = columns.filter(({ name }) => !used.has(name)).map(({ name }) => sql`${identifier(name)} NULLS LAST`)
  return { ...common, inOrder: () => ({ value: joinSql([keys, ...rest]), layer: 0 }) }
}
