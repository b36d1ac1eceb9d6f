import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { reconciledType, valueAs } from '../../kit/reconcile.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { typeSql } from '../../kit/types.ts'
import { type UnpivotConfig, unpivotDescriptor } from './descriptor.ts'

/** What one row of the input becomes: one row each. */
interface Slot {
  /** In the columns for names. */
  readonly labels: readonly (string | null)[]
  /** By the column of values that it goes to. */
  readonly cells: Map<string, Column>
}

export const unpivot: RelationModule<typeof unpivotDescriptor, undefined> = {
  kind: 'relation',
  descriptor: unpivotDescriptor,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const selected = selectColumns(config, input.columns)
    const kept =
      config.keep === 'others'
        ? input.columns.filter((column) => !selected.includes(column))
        : config.kept.map((name, index) => requireColumn(input.columns, name, ['kept', index]))
    const { names, slots } = config.name_pattern
      ? slotsByPattern(selected, config.name_pattern, config)
      : {
          names: [config.name_column],
          slots: selected.map(
            (column): Slot => ({ labels: [column.name], cells: new Map([[config.value_column, column]]) }),
          ),
        }
    const valueNames = [...new Set(slots.flatMap((slot) => [...slot.cells.keys()]))]
    const outputs = [
      ...kept.map(({ name }) => ({ name, value: identifier(name) })),
      ...(config.position_column
        ? [{ name: config.position_column, value: unnested(slots.map((_, index) => raw(String(index + 1)))) }]
        : []),
      ...names.map((name, at) => ({
        name,
        value: unnested(
          slots.map((slot) => literal(slot.labels[at] ?? null)),
          'VARCHAR[]',
        ),
      })),
      ...valueNames.map((name) => ({ name, value: valuesOf(name, slots, config, nodeId) })),
    ]
    checkDistinctNames(outputs, 'The result', config.name_pattern ? ['name_pattern'] : ['value_column'])
    const rows = sql`SELECT ${joinSql(outputs.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))} FROM ${input.name}`
    if (config.empty === 'keep') return { out: rows }
    const filled = valueNames.map((name) => sql`${identifier(name)} IS NOT NULL`)
    return { out: sql`SELECT * FROM (${rows}) WHERE ${joinSql(filled, ' OR ')}` }
  },
}

const unnested = (items: readonly Sql[], type?: string): Sql =>
  sql`unnest([${joinSql(items)}]${raw(type ? `::${type}` : '')})`

function valuesOf(name: string, slots: readonly Slot[], config: UnpivotConfig, nodeId: string): Sql {
  const columns = slots.flatMap((slot) => slot.cells.get(name) ?? [])
  const type = reconciledType(columns, config.types, ['types'])
  const cells = slots.map((slot) => {
    const column = slot.cells.get(name)
    return column ? valueAs(column, type, nodeId, ['types']) : raw('NULL')
  })
  return sql`unnest([${joinSql(cells)}]::${typeSql(type)}[])`
}

/** Columns whose names agree in everything but the part `value` share a row. */
function slotsByPattern(
  columns: readonly Column[],
  pattern: string,
  config: UnpivotConfig,
): { names: string[]; slots: Slot[] } {
  const test = wholeName(pattern)
  const parts = [...pattern.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].flatMap(([, name]) => (name ? [name] : []))
  const names = parts.filter((name) => name !== 'value')
  if (parts.length === 0)
    throw userError('unpivot.no-parts', 'The pattern has no named part.', {
      field: ['name_pattern'],
      hint: 'Write a part as (?<year>\\d+); the part (?<value>…) says which column of values it goes to.',
    })
  const slots = new Map<string, Slot>()
  for (const column of columns) {
    const groups = test.exec(column.name)?.groups
    if (!groups)
      throw userError('unpivot.name-differs', `The name “${column.name}” does not match the pattern.`, {
        field: ['name_pattern'],
        hint: 'Choose only columns whose whole name matches, or change the pattern.',
      })
    const labels = names.map((name) => groups[name] ?? null)
    const key = JSON.stringify(labels)
    const slot = slots.get(key) ?? { labels, cells: new Map<string, Column>() }
    slots.set(key, slot)
    const target = groups.value || config.value_column
    const other = slot.cells.get(target)
    if (other)
      throw userError('unpivot.same-place', `“${other.name}” and “${column.name}” would be the same cell.`, {
        field: ['name_pattern'],
        hint: 'Let the pattern take more of the names.',
      })
    slot.cells.set(target, column)
  }
  return { names, slots: [...slots.values()] }
}

function wholeName(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch (thrown) {
    throw userError('pattern.invalid', `“${pattern}” is not a regular expression.`, {
      field: ['name_pattern'],
      hint: 'Letters and digits stand for themselves; write a part as (?<name>…).',
      cause: thrown,
    })
  }
}
