import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { cellText } from '../../kit/cells.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import type { Parameters } from '../../kit/expression.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type NestConfig, nestDescriptor } from './descriptor.ts'

export const nest: RelationModule<typeof nestDescriptor, undefined> = {
  kind: 'relation',
  descriptor: nestDescriptor,
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const groups = config.group_by.map((name, index) => requireColumn(input.columns, name, ['group_by', index]))
    const isChosen = config.columns.length > 0 || config.pattern !== undefined || config.kinds.length > 0
    const chosen =
      config.mode === 'rows' && !isChosen
        ? input.columns.filter((column) => !groups.includes(column))
        : selectColumns(config, input.columns)
    if (chosen.length === 0) throw userError('column.none', 'No column is left to nest.', { field: ['columns'] })
    return {
      out:
        config.mode === 'rows' ? ofRows(config, groups, chosen, input, parameters) : ofColumns(config, chosen, input),
    }
  },
}

interface Input {
  readonly name: Sql
  readonly columns: readonly Column[]
}

/** The new column stands where the first of its columns stood. */
function ofColumns(config: NestConfig, chosen: readonly Column[], input: Input): Sql {
  const nested = { name: config.name, value: written(structOf(chosen), chosen, config) }
  const outputs = input.columns.flatMap((column) => {
    const own = { name: column.name, value: identifier(column.name) }
    if (config.keep || !chosen.includes(column)) return [own]
    return column === chosen[0] ? [nested] : []
  })
  const all = config.keep ? [...outputs, nested] : outputs
  checkDistinctNames(all, 'The result', ['name'])
  return sql`SELECT ${joinSql(all.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))} FROM ${input.name}`
}

function ofRows(
  config: NestConfig,
  groups: readonly Column[],
  chosen: readonly Column[],
  input: Input,
  parameters: Parameters,
): Sql {
  checkDistinctNames([...groups, { name: config.name }], 'The result', ['name'])
  const order = [
    ...(config.order.length > 0 ? [orderBy(config.order, input.columns, parameters, ['order'])] : []),
    ...chosen.map(({ name }) => sql`${identifier(name)} ASC NULLS LAST`),
  ]
  const list = sql`list(${structOf(chosen)} ORDER BY ${joinSql(order)})`
  const columns = groups.map(({ name }) => sql`${identifier(name)} AS ${identifier(name)}`)
  const nested = sql`${written(list, chosen, config)} AS ${identifier(config.name)}`
  const by = groups.length > 0 ? raw(` GROUP BY ${groups.map((_, index) => index + 1).join(', ')}`) : raw('')
  return sql`SELECT ${joinSql([...columns, nested])} FROM ${input.name}${by}`
}

function structOf(columns: readonly Column[]): Sql {
  const fields = columns.map((column) => {
    const name = identifier(column.name)
    return sql`${name} := ${name}`
  })
  return sql`struct_pack(${joinSql(fields)})`
}

/** `cellText` writes exact JSON, with NaN and infinity as texts. */
function written(value: Sql, columns: readonly Column[], config: NestConfig): Sql {
  if (config.as === 'struct') return value
  const fields = columns.map(({ name, type }) => `${identifier(name).text} ${type}`)
  const struct = `STRUCT(${fields.join(', ')})`
  return sql`CAST(${cellText(value, config.mode === 'rows' ? `${struct}[]` : struct)} AS JSON)`
}
