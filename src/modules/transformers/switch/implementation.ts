import { condition } from '../../kit/condition.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { atField } from '../../kit/fields.ts'
import { requireInput } from '../../kit/inputs.ts'
import { joinSql, type Sql, sql } from '../../kit/sql.ts'
import { refuseVolatile } from '../../kit/volatile.ts'
import { switchDescriptor } from './descriptor.ts'

export const switchStep: RelationModule<typeof switchDescriptor, undefined> = {
  kind: 'relation',
  descriptor: switchDescriptor,
  blindToUnnamed: true,
  splitsRows: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const tests = config.cases.map((item, index) =>
      atField(['cases', index, 'condition'], () => {
        refuseVolatile(item.condition)
        return condition(item.condition, parameters)
      }),
    )
    const ports: Record<string, Sql> = {}
    config.cases.forEach(({ port }, index) => {
      ports[port] = sql`SELECT * FROM ${input.name} WHERE ${caseOf(tests.slice(0, index + 1))} = ${index + 1}`
    })
    return { otherwise: sql`SELECT * FROM ${input.name} WHERE ${caseOf(tests)} = 0`, ...ports }
  },
}

/** The number of the first test that is true, from 1; 0 when none is. CASE stops there: the tests after it see only the other rows. */
function caseOf(tests: readonly Sql[]): Sql {
  const whens = tests.map((test, index) => sql`WHEN ${test} THEN ${index + 1}`)
  return sql`CASE ${joinSql(whens, ' ')} ELSE 0 END`
}
