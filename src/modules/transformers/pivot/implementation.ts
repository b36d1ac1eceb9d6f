import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { nameOfValue, placeInList, suggestValues } from '../../kit/listed-values.ts'
import { countsRows, type Measure } from '../../kit/measure-schema.ts'
import { measureSql, selectList } from '../../kit/measures.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { type PivotConfig, pivotDescriptor } from './descriptor.ts'

const MOST_COLUMNS = 5_000
/** So many cells are tested for every row, which is faster than to group twice. */
const FEW = 8
const SIMPLE: readonly Measure['function'][] = ['sum', 'count', 'min', 'max', 'avg']
const isSimple = (measure: Measure): boolean => SIMPLE.includes(measure.function)

export const pivot: RelationModule<typeof pivotDescriptor, undefined> = {
  kind: 'relation',
  descriptor: pivotDescriptor,
  blindToUnnamed: true,
  blocking: true,
  suggest: {
    values: ({ config, inputs }) => {
      const input = requireInput(inputs, 'in')
      return suggestValues(input.name, keyColumn(config, input.columns), config.values, config.group_by)
    },
  },
  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const key = keyColumn(config, input.columns)
    const groups = config.group_by.map((name, index) => requireColumn(input.columns, name, ['group_by', index]).name)
    if (config.measures.length === 0)
      throw userError('config.missing', 'Add a measure: what stands in the cells?', { field: ['measures'] })
    if (config.values.length === 0 && config.unseen !== 'other')
      throw userError('pivot.no-values', 'List the values that become columns.', {
        field: ['values'],
        hint: 'The button “Take the values from the data” fills the list.',
      })
    const context = { nodeId, columns: input.columns, parameters }
    const cells = config.values.length * config.measures.length
    const place = placeOf(config, key, nodeId)
    if (cells <= FEW && config.measures.every(isSimple)) {
      const own = identifier(key.name)
      // The values themselves are compared where nothing has to be known of those that are not listed.
      const isDirect = config.unseen === 'ignore' && key.type === 'VARCHAR'
      const mark = identifier(freeName('ld$place', input.columns))
      const outputs = [
        ...groups.map((name) => ({ name, value: identifier(name) })),
        ...cellsOf(config, (measure, index, at) =>
          measureSql(
            measure,
            { ...context, only: isDirect ? isValue(own, config.values[at - 1]?.value) : sql`${mark} = ${at}` },
            ['measures', index],
          ),
        ),
      ]
      checkColumns(outputs)
      const by = groups.length > 0 ? sql` GROUP BY ${joinSql(groups.map(identifier))}` : raw('')
      const placed = isDirect ? input.name : sql`(SELECT *, ${place} AS ${mark} FROM ${input.name})`
      return { out: sql`SELECT ${selectList(outputs)} FROM ${placed}${by}` }
    }
    const groupNames = groups.map((_, index) => `g${index}`)
    // Grouped by the place of the value first: each cell then picks its own, and any aggregate can be a measure.
    const inner = selectList([
      ...groups.map((name, index) => ({ name: groupNames[index] ?? '', value: identifier(name) })),
      { name: 'p', value: place },
      ...config.measures.map((measure, index) => ({
        name: `m${index}`,
        value: measureSql(measure, context, ['measures', index]),
      })),
    ])
    const outputs = [
      ...groups.map((name, index) => ({ name, value: identifier(groupNames[index] ?? '') })),
      ...cellsOf(config, (_, index, at) => sql`any_value(${raw(`m${index}`)}) FILTER (WHERE p = ${at})`),
    ]
    checkColumns(outputs)
    const innerBy = raw([...groupNames, 'p'].map((_, index) => index + 1).join(', '))
    const outerBy = groups.length > 0 ? sql` GROUP BY ${joinSql(groupNames.map(identifier))}` : raw('')
    return {
      out: sql`SELECT ${selectList(outputs)} FROM (SELECT ${inner} FROM ${input.name} GROUP BY ${innerBy})${outerBy}`,
    }
  },
}

function keyColumn(config: PivotConfig, columns: readonly Column[]): Column {
  if (!config.column)
    throw userError('config.missing', 'Choose the column whose values become columns.', { field: ['column'] })
  return requireColumn(columns, config.column, ['column'])
}

const isValue = (own: Sql, value: string | undefined): Sql =>
  value === undefined ? sql`${own} IS NULL` : sql`${own} = ${value}`

/** 0 for a value that is not listed. */
function placeOf(config: PivotConfig, key: Column, nodeId: string): Sql {
  const place = config.values.length > 0 ? placeInList(key, config.values, ['values']) : raw('NULL::INTEGER')
  if (config.unseen !== 'fail') return sql`coalesce(${place}, 0)`
  const shown = sql`coalesce(concat('“', left(CAST(${identifier(key.name)} AS VARCHAR), 80), '”'), 'An empty value')`
  const error = failure(
    'pivot.unseen-value',
    ['values'],
    [
      sql`CASE WHEN ${identifier(key.name)} IS NULL THEN 'An empty value' ELSE ${shown} END`,
      ` of the column “${key.name}” is not among the values.`,
    ],
    'Take the values from the data again, or choose what happens to those that are not listed.',
    nodeId,
  )
  return sql`CASE WHEN ${place} IS NULL THEN ${error} ELSE ${place} END`
}

/** One column per value and measure. @param cell of the rows with the value at a place */
function cellsOf(
  config: PivotConfig,
  cell: (measure: Measure, index: number, place: number) => Sql,
): { name: string; value: Sql }[] {
  const values = config.values.map((value, index) => ({ label: nameOfValue(value), place: index + 1 }))
  if (config.unseen === 'other') values.push({ label: config.other_name, place: 0 })
  const template = config.names ?? (config.measures.length > 1 ? '{value}_{measure}' : '{value}')
  return values.flatMap(({ label, place }) =>
    config.measures.map((measure, index) => {
      const parts: Readonly<Record<string, string>> = { value: label, measure: measure.name }
      const name = template.replaceAll(/\{(value|measure)\}/g, (_, part: string) => parts[part] ?? '')
      return { name, value: orMissing(cell(measure, index, place), measure, config) }
    }),
  )
}

function orMissing(cell: Sql, measure: Measure, config: PivotConfig): Sql {
  if (countsRows(measure.function)) return sql`coalesce(${cell}, 0)`
  return config.missing === undefined ? cell : sql`coalesce(${cell}, ${literal(config.missing)})`
}

function checkColumns(outputs: readonly { readonly name: string }[]): void {
  if (outputs.length > MOST_COLUMNS)
    throw userError('pivot.too-many-columns', `This makes ${outputs.length} columns; ${MOST_COLUMNS} are the most.`, {
      field: ['values'],
      hint: 'List fewer values, and put the others together.',
    })
  checkDistinctNames(outputs, 'The result', ['values'])
}
