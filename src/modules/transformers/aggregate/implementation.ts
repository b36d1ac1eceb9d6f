import { userError } from '../../../shared/errors.ts'
import { condition } from '../../kit/condition.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { expression } from '../../kit/expression.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, requireColumn, requireInput, sameName } from '../../kit/inputs.ts'
import { type MeasureContext, measureSql, selectList } from '../../kit/measures.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type AggregateConfig, aggregateDescriptor } from './descriptor.ts'

interface Output {
  readonly name: string
  readonly value: Sql
}

interface Group extends Output {
  readonly isText: boolean
}

export const aggregate: RelationModule<typeof aggregateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: aggregateDescriptor,
  blindToUnnamed: true,
  blocking: true,
  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const context = { nodeId, columns: input.columns, parameters }
    const groups = config.group_by.map((group, index) => groupOutput(group, context, ['group_by', index]))
    const measures = config.measures.map((measure, index) => ({
      name: measure.name,
      value: measureSql(measure, context, ['measures', index]),
    }))
    if (groups.length + measures.length === 0)
      throw userError('aggregate.empty', 'There is nothing to compute.', {
        hint: 'Add a measure, or a column to group by.',
        field: ['measures'],
      })
    const outputs: Output[] = [...groups.map((group) => labelled(group, config)), ...marks(config, groups), ...measures]
    checkDistinctNames(outputs, 'The result', ['measures'])
    const query = sql`SELECT ${selectList(outputs)} FROM ${input.name}${groupBy(config, groups)}`
    const having = config.having?.trim()
    if (!having) return { out: query }
    const test = atField(['having'], () => condition(having, parameters))
    return { out: sql`SELECT * FROM (${query}) WHERE ${test}` }
  },
}

function groupOutput(group: AggregateConfig['group_by'][number], context: MeasureContext, field: FieldPath): Group {
  if (typeof group === 'string') {
    const { name, type } = requireColumn(context.columns, group, field)
    return { name, value: identifier(name), isText: type === 'VARCHAR' }
  }
  const value = atField([...field, 'expression'], () => expression(group.expression, context.parameters))
  return { name: group.name, value, isText: false }
}

function labelled(group: Group, config: AggregateConfig): Output {
  if (config.totals === 'none' || config.total_label === undefined || !group.isText) return group
  return {
    name: group.name,
    value: sql`CASE WHEN grouping(${group.value}) = 1 THEN ${config.total_label} ELSE ${group.value} END`,
  }
}

/** The columns that tell a total from a group that is NULL. */
function marks(config: AggregateConfig, groups: readonly Group[]): Output[] {
  if (config.totals === 'none') return []
  if (groups.length === 0)
    throw userError('aggregate.no-groups', 'There are no groups that could have totals.', {
      field: ['totals'],
      hint: 'Group by a column, or take the totals away.',
    })
  const level = joinSql(
    groups.map(({ value }) => sql`grouping(${value})`),
    ' + ',
  )
  return [
    ...(config.level_column ? [{ name: config.level_column, value: sql`CAST(${level} AS INTEGER)` }] : []),
    ...(config.flags
      ? groups.map(({ name, value }) => ({ name: `is_total_${name}`, value: sql`grouping(${value}) = 1` }))
      : []),
  ]
}

function groupBy(config: AggregateConfig, groups: readonly Group[]): Sql {
  if (groups.length === 0) return raw('')
  // By position: a name could be that of a column and of a result.
  const places = groups.map((_, index) => String(index + 1))
  switch (config.totals) {
    case 'none':
      return raw(` GROUP BY ${places.join(', ')}`)
    case 'rollup':
    case 'cube': {
      const most = config.totals === 'cube' ? 12 : 100
      if (groups.length > most)
        throw userError(
          'aggregate.too-many-groups',
          `${groups.length} groups make too many totals; ${most} are the most.`,
          {
            field: ['totals'],
            hint: 'List the combinations that you need instead.',
          },
        )
      return sql` GROUP BY ${raw(config.totals.toUpperCase())}(${byValue(groups)})`
    }
    case 'sets': {
      if (config.sets.length === 0)
        throw userError('config.missing', 'List the combinations of groups.', { field: ['sets'] })
      const sets = config.sets.map(
        (set, index) =>
          sql`(${byValue(set.groups.map((name, at) => groupNamed(groups, name, ['sets', index, 'groups', at])))})`,
      )
      return sql` GROUP BY GROUPING SETS (${joinSql(sets)})`
    }
  }
}

/** Totals need the groups' own expressions, since a position could now be a labelled one. */
const byValue = (groups: readonly Group[]): Sql => joinSql(groups.map(({ value }) => value))

function groupNamed(groups: readonly Group[], name: string, field: FieldPath): Group {
  const found = groups.find((group) => group.name === name) ?? groups.find((group) => sameName(group.name, name))
  if (found) return found
  throw userError('aggregate.unknown-group', `“${name}” is not a group.`, {
    field: [...field],
    hint:
      didYouMean(
        name,
        groups.map((group) => group.name),
      ).hint ?? 'Add it to “Group by” first.',
  })
}
