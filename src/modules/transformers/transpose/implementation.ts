import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { nameOfValue, placeInList, suggestValues } from '../../kit/listed-values.ts'
import { reconciledType, valueAs } from '../../kit/reconcile.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { typeSql } from '../../kit/types.ts'
import { type TransposeConfig, transposeDescriptor } from './descriptor.ts'

export const transpose: RelationModule<typeof transposeDescriptor, undefined> = {
  kind: 'relation',
  descriptor: transposeDescriptor,
  blocking: true,
  suggest: {
    values: ({ config, inputs }) => {
      const input = requireInput(inputs, 'in')
      const header = headerOf(config, input.columns)
      if (!header)
        throw userError('config.missing', 'Choose the column with the new names first.', { field: ['header'] })
      return suggestValues(input.name, header, config.values, [config.name_column])
    },
  },
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const header = headerOf(config, input.columns)
    const columns = transposed(config, input.columns, header)
    const type = reconciledType(columns, config.types, ['types'])
    const names = header
      ? config.values.map(nameOfValue)
      : Array.from({ length: config.rows }, (_, index) => `row_${index + 1}`)
    if (names.length === 0)
      throw userError('transpose.no-values', 'List the values that become columns.', {
        field: ['values'],
        hint: 'The button “Take the values from the data” fills the list.',
      })
    checkDistinctNames([{ name: config.name_column }, ...names.map((name) => ({ name }))], 'The result', ['values'])

    const labels = sql`unnest([${joinSql(columns.map(({ name }) => literal(name)))}])`
    const positions = sql`unnest([${joinSql(columns.map((_, index) => raw(String(index))))}])`
    const values = columns.map((column) => valueAs(column, type, nodeId, ['types']))
    const cells = sql`SELECT ${placeOf(config, header, input.columns, nodeId)} AS p, ${labels} AS n, ${positions} AS i, unnest([${joinSql(values)}]) AS v FROM ${placed(input, header)}`
    // Columns are there even when no row is.
    const every = sql`SELECT 0, ${labels}, ${positions}, CAST(NULL AS ${typeSql(type)})`
    const outputs = [
      sql`n AS ${identifier(config.name_column)}`,
      ...names.map((name, index) => sql`${cell(index + 1, name, nodeId)} AS ${identifier(name)}`),
    ]
    return {
      out: sql`SELECT ${joinSql(outputs)} FROM (${cells} UNION ALL ${every}) GROUP BY n, i ORDER BY i`,
    }
  },
}

const headerOf = (config: TransposeConfig, columns: readonly Column[]): Column | undefined =>
  config.header ? requireColumn(columns, config.header, ['header']) : undefined

function transposed(config: TransposeConfig, columns: readonly Column[], header: Column | undefined): Column[] {
  const others = columns.filter((column) => column !== header)
  const chosen = config.columns.length > 0 || config.pattern !== undefined || config.kinds.length > 0
  const found = chosen ? selectColumns(config, columns).filter((column) => column !== header) : others
  if (found.length === 0)
    throw userError('column.none', 'No column is left to transpose.', { field: chosen ? ['columns'] : ['header'] })
  return found
}

const placed = (input: InputRelation, header: Column | undefined): Sql =>
  header ? input.name : sql`(SELECT *, row_number() OVER () AS ${positionOf(input.columns)} FROM ${input.name})`

const positionOf = (columns: readonly Column[]): Sql => identifier(freeName('position', columns))

function placeOf(config: TransposeConfig, header: Column | undefined, columns: readonly Column[], nodeId: string): Sql {
  if (!header) {
    const place = positionOf(columns)
    if (config.unseen === 'ignore') return place
    const error = failure(
      'transpose.too-many-rows',
      ['rows'],
      [`There are more than ${config.rows} rows.`],
      'Raise the number of rows, or name a column with the new names.',
      nodeId,
    )
    return sql`CASE WHEN ${place} > ${config.rows} THEN ${error} ELSE ${place} END`
  }
  const place = placeInList(header, config.values, ['values'])
  if (config.unseen === 'ignore') return sql`coalesce(${place}, 0)`
  const own = identifier(header.name)
  const error = failure(
    'transpose.unseen-value',
    ['values'],
    [
      sql`CASE WHEN ${own} IS NULL THEN 'An empty value' ELSE concat('“', left(CAST(${own} AS VARCHAR), 80), '”') END`,
      ` of the column “${header.name}” is not among the values.`,
    ],
    'Take the values from the data again, or leave such rows out.',
    nodeId,
  )
  return sql`CASE WHEN ${place} IS NULL THEN ${error} ELSE ${place} END`
}

function cell(place: number, name: string, nodeId: string): Sql {
  const error = failure(
    'transpose.duplicate-name',
    ['header'],
    [`Two rows have the name “${name}”.`],
    'Aggregate or deduplicate them first.',
    nodeId,
  )
  const own = sql`FILTER (WHERE p = ${place})`
  return sql`CASE WHEN count(*) ${own} > 1 THEN ${error} ELSE any_value(v) ${own} END`
}
