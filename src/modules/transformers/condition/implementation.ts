import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { withColumns } from '../../kit/add-columns.ts'
import { exactCast } from '../../kit/casts.ts'
import { comparison } from '../../kit/comparison.ts'
import { condition } from '../../kit/condition.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { expression, type Parameters } from '../../kit/expression.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { formatType, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import { type ConditionConfig, conditionDescriptor, type Result, type Rule } from './descriptor.ts'
import { type Branch, checkedTypes, fitsExactly, givenValue, unify } from './result-type.ts'

export const conditionStep: RelationModule<typeof conditionDescriptor, undefined> = {
  kind: 'relation',
  descriptor: conditionDescriptor,
  blindToUnnamed: true,
  keepsRows: true,

  async prepare({ config, session, nodeId }) {
    // A value that is none of the type that was chosen is told while it is typed in.
    const to = typeOf(config)
    if (!to || isScalar(to, 'VARCHAR')) return undefined
    for (const [result, field] of resultsOf(config)) {
      if (result.result !== 'value' || result.value === undefined) continue
      const { value, type } = givenValue(result.value)
      const { rows } = await session.query(sql`SELECT ${exactCast(value, type, to)} IS NULL AS bad`)
      if (rows[0]?.[0] === 'true')
        throw userError('condition.value', `“${result.value}” is not exactly a ${formatType(to)}.`, {
          field: [...field, 'value'],
          hint: 'Correct the value or choose another type.',
          nodeId,
        })
    }
    return undefined
  },

  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const to = typeOf(config)
    const branches = resultsOf(config).map(([result, field]) => branchOf(result, input.columns, parameters, field))
    const tests = config.rules.map((rule, index) => testOf(rule, input.columns, parameters, ['rules', index]))
    const values = to ? branches.map((branch) => fitsExactly(branch, to, config.on_error, nodeId)) : unify(branches)
    const whens = tests.map((test, index) => sql`WHEN ${test} THEN ${values[index] ?? raw('NULL')}`)
    const decided = sql`CASE ${joinSql(whens, ' ')} ELSE ${values.at(-1) ?? raw('NULL')} END`
    const value = to ? decided : checkedTypes(decided, branches, nodeId)
    return {
      out: sql`SELECT ${withColumns(input.columns, [{ name: config.name, value, field: ['name'] }])} FROM ${input.name}`,
    }
  },
}

function typeOf(config: ConditionConfig): SqlType | undefined {
  const { type } = config
  return type === undefined ? undefined : atField(['type'], () => parseType(type))
}

/** Each rule's result and, last, that of `otherwise`. */
function resultsOf(config: ConditionConfig): (readonly [Result, FieldPath])[] {
  return [
    ...config.rules.map((rule, index) => [rule, ['rules', index]] as const),
    [config.otherwise, ['otherwise']] as const,
  ]
}

function testOf(rule: Rule, columns: readonly Column[], parameters: Parameters, field: FieldPath): Sql {
  const tests = rule.when.map((test, index) => comparison(test, columns, [...field, 'when', index]))
  const text = rule.condition?.trim()
  if (text) tests.push(atField([...field, 'condition'], () => condition(text, parameters)))
  if (tests.length === 0)
    throw userError('condition.empty', 'This rule has no test.', {
      field: [...field, 'when'],
      hint: 'Add a test, or use “Otherwise” for what no rule catches.',
    })
  return joinSql(tests, rule.match === 'all' ? ' AND ' : ' OR ')
}

function branchOf(result: Result, columns: readonly Column[], parameters: Parameters, field: FieldPath): Branch {
  switch (result.result) {
    case 'empty':
      return { value: raw('NULL'), type: { kind: 'scalar', name: '"NULL"' }, field }
    case 'value': {
      if (result.value === undefined)
        throw userError('config.missing', 'Give the value.', {
          field: [...field, 'value'],
          hint: 'For no value, choose “Empty”.',
        })
      return { ...givenValue(result.value), field }
    }
    case 'column': {
      if (!result.column) throw userError('config.missing', 'Choose the column.', { field: [...field, 'column'] })
      const column = requireColumn(columns, result.column, [...field, 'column'])
      return { value: identifier(column.name), column, field }
    }
    case 'expression': {
      const text = result.expression?.trim()
      if (!text) throw userError('config.missing', 'Write the expression.', { field: [...field, 'expression'] })
      return { value: atField([...field, 'expression'], () => expression(text, parameters)), field }
    }
    default:
      return assertNever(result.result)
  }
}
