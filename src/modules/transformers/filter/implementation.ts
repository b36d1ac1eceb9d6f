import { condition } from '../../kit/condition.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { expression } from '../../kit/expression.ts'
import { atField } from '../../kit/fields.ts'
import { requireInput } from '../../kit/inputs.ts'
import { sql } from '../../kit/sql.ts'
import { refuseVolatile } from '../../kit/volatile.ts'
import { filterDescriptor } from './descriptor.ts'

export const filter: RelationModule<typeof filterDescriptor, undefined> = {
  kind: 'relation',
  descriptor: filterDescriptor,
  blindToUnnamed: true,
  splitsRows: true,
  keepsWhere: ({ condition: text }, parameters) => expression(text, parameters),
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const test = atField(['condition'], () => {
      refuseVolatile(config.condition)
      return condition(config.condition, parameters)
    })
    return {
      match: sql`SELECT * FROM ${input.name} WHERE ${test}`,
      rest: sql`SELECT * FROM ${input.name} WHERE ${test} IS NOT TRUE`,
    }
  },
}
