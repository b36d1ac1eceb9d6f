import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { agreedColumns } from '../../kit/agreed-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, freeName, requireInput, sameName } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { contractDescriptor } from './descriptor.ts'

export const contract: RelationModule<typeof contractDescriptor, undefined> = {
  kind: 'relation',
  descriptor: contractDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    checkDistinctNames(config.columns, 'The contract', ['columns'])
    const agreed = agreedColumns(config.columns, input.columns, config)
    const extra = input.columns.filter(({ name }) => !config.columns.some((item) => sameName(item.name, name)))
    if (extra.length > 0 && config.extra === 'fail')
      throw userError('contract.extra', `The contract does not know ${list(extra)}.`, {
        field: ['columns'],
        hint: 'Add such columns to the contract, or choose to drop or keep them.',
      })
    const kept = config.extra === 'keep' ? extra.map(({ name }) => identifier(name)) : []
    const faults = agreed.flatMap((column) => column.faults.map((fault) => ({ ...fault, column: column.name })))
    const rejects = config.on_error === 'reject' && faults.length > 0
    const isFaulty = rejects
      ? joinSql(
          faults.map(({ test }) => test),
          ' OR ',
        )
      : raw('FALSE')
    const values = agreed.map(
      (column) => sql`${rejects ? column.value : column.orFail(nodeId)} AS ${identifier(column.name)}`,
    )
    const first = (of: (fault: (typeof faults)[number]) => Sql): Sql =>
      rejects
        ? sql`CASE ${joinSql(
            faults.map((fault) => sql`WHEN ${fault.test} THEN ${of(fault)}`),
            ' ',
          )} END`
        : raw('CAST(NULL AS VARCHAR)')
    const [columnName, reasonName] = [freeName('_column', input.columns), freeName('_reason', input.columns)]
    const reason = [
      sql`${first(({ column }) => literal(column))} AS ${identifier(columnName)}`,
      sql`${first(({ words }) => concat(words))} AS ${identifier(reasonName)}`,
    ]
    return {
      out: sql`SELECT ${joinSql([...values, ...kept])} FROM ${input.name}${rejects ? sql` WHERE NOT (${isFaulty})` : raw('')}`,
      reject: sql`SELECT *, ${joinSql(reason)} FROM ${input.name} WHERE ${isFaulty}`,
    }
  },
}

const concat = (words: readonly (string | Sql)[]): Sql =>
  sql`concat(${joinSql(words.map((word) => (typeof word === 'string' ? literal(word) : word)))})`

function list(columns: readonly Column[]): string {
  const shown = columns.slice(0, 8).map(({ name }) => `“${name}”`)
  return columns.length > shown.length
    ? `${shown.join(', ')} and ${columns.length - shown.length} more`
    : shown.join(', ')
}
