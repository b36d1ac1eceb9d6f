import type { RelationModule } from '../../kit/contract.ts'
import { freeName, requireInput } from '../../kit/inputs.ts'
import { type RuleTest, testsOf } from '../../kit/rule-tests.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { validateDescriptor } from './descriptor.ts'

export const validate: RelationModule<typeof validateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: validateDescriptor,
  splitsRows: true,
  blocking: ({ rules }) => rules.some(({ check }) => check === 'unique'),
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const others = new Map([...inputs].filter(([port]) => port !== 'in'))
    const computed: { readonly name: Sql; readonly value: Sql }[] = []
    const compute = (value: Sql): Sql => {
      const known = computed.find((each) => each.value.text === value.text)
      if (known) return known.name
      const name = identifier(freeName(`_check_${computed.length + 1}`, input.columns))
      computed.push({ name, value })
      return name
    }
    const tests = config.rules.flatMap((rule, index) =>
      testsOf(rule, ['rules', index], { input, others, parameters, compute }),
    )
    const rejecting = tests.filter(({ severity }) => severity === 'reject')
    const warning = tests.filter(({ severity }) => severity === 'warn')

    const hidden = computed.length > 0 ? sql` EXCLUDE (${joinSql(computed.map(({ name }) => name))})` : raw('')
    const list = computed.map(({ name, value }) => sql`, ${value} AS ${name}`)
    const source = computed.length > 0 ? sql`(SELECT *${joinSql(list, '')} FROM ${input.name})` : input.name
    const isBroken =
      rejecting.length > 0
        ? joinSql(
            rejecting.map(({ broken }) => sql`coalesce(${broken}, FALSE)`),
            ' OR ',
          )
        : raw('FALSE')
    const warnings = identifier(freeName('_warnings', input.columns))
    const reasons = identifier(freeName('_reasons', input.columns))
    const warned = warning.length > 0 ? sql`, ${reasonList(warning)} AS ${warnings}` : raw('')
    return {
      pass: sql`SELECT *${hidden}${warned} FROM ${source} WHERE NOT (${isBroken})`,
      reject: sql`SELECT *${hidden}, ${reasonList(rejecting)} AS ${reasons} FROM ${source} WHERE ${isBroken}`,
    }
  },
}

function reasonList(tests: readonly RuleTest[]): Sql {
  if (tests.length === 0) return raw('CAST([] AS VARCHAR[])')
  const items = tests.map(({ broken, reason }) => sql`CASE WHEN ${broken} THEN ${reason} END`)
  return sql`list_filter([${joinSql(items)}], lambda reason: reason IS NOT NULL)`
}
