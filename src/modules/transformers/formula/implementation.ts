import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { expression } from '../../kit/expression.ts'
import { atField } from '../../kit/fields.ts'
import { requireInput, sameName } from '../../kit/inputs.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'
import { syntaxError, tokenize } from '../../kit/tokens.ts'
import { formulaDescriptor } from './descriptor.ts'

const ROW_MAKERS = new Set(['unnest', 'generate_subscripts'])

export const formula: RelationModule<typeof formulaDescriptor, undefined> = {
  kind: 'relation',
  descriptor: formulaDescriptor,
  blindToUnnamed: true,
  keepsRows: true,
  blocking: ({ formulas }) => formulas.some((item) => hasWindow(item.expression)),
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const names = input.columns.map((column) => column.name)
    let source: Sql = input.name
    let query: Sql = sql`SELECT * FROM ${input.name}`
    config.formulas.forEach((item, index) => {
      const name = item.name.trim()
      if (!name) throw userError('config.missing', 'Name the column.', { field: ['formulas', index, 'name'] })
      const value = atField(['formulas', index, 'expression'], () => {
        refuseRowMakers(item.expression)
        return expression(item.expression, parameters)
      })
      const existing = names.find((other) => sameName(other, name))
      if (existing === undefined) names.push(name)
      query =
        existing === undefined
          ? sql`SELECT *, ${value} AS ${identifier(name)} FROM ${source}`
          : sql`SELECT * REPLACE (${value} AS ${identifier(existing)}) FROM ${source}`
      source = sql`(${query})`
    })
    return { out: query }
  },
}

function hasWindow(text: string): boolean {
  try {
    return tokenize(text).some((token) => token.kind === 'word' && token.text.toLowerCase() === 'over')
  } catch {
    // Compiling it says what is wrong.
    return false
  }
}

/** They would multiply rows, and a formula keeps them. */
function refuseRowMakers(text: string): void {
  const tokens = tokenize(text)
  tokens.forEach((token, index) => {
    if (token.kind === 'word' && ROW_MAKERS.has(token.text.toLowerCase()) && tokens[index + 1]?.text === '(')
      throw syntaxError(
        `${token.text}() changes the number of rows; a formula keeps it.`,
        token.start,
        token.end,
        'Use the SQL step for that.',
      )
  })
}
