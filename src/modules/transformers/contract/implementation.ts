import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast } from '../../kit/casts.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { failure } from '../../kit/failure.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { checkDistinctNames, freeName, requireInput, sameName } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, parseType, typeSql } from '../../kit/types.ts'
import { type ContractConfig, contractDescriptor } from './descriptor.ts'

const SHOWN = 80

/** A column of the result. */
interface Agreed {
  readonly name: string
  readonly value: Sql
  /** What can be wrong with a row's value: a test that is TRUE then, and the words for it. */
  readonly faults: readonly {
    readonly test: Sql
    readonly words: readonly (string | Sql)[]
    readonly field: FieldPath
  }[]
}

export const contract: RelationModule<typeof contractDescriptor, undefined> = {
  kind: 'relation',
  descriptor: contractDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    checkDistinctNames(config.columns, 'The contract', ['columns'])
    const agreed = config.columns.map((item, index) => agree(item, index, config, input.columns))
    const extra = input.columns.filter(({ name }) => !config.columns.some((item) => sameName(item.name, name)))
    if (extra.length > 0 && config.extra === 'fail')
      throw userError('contract.extra', `The contract does not know ${list(extra)}.`, {
        field: ['columns'],
        hint: 'Add such columns to the contract, or choose to drop or keep them.',
      })
    const kept = config.extra === 'keep' ? extra.map(({ name }) => identifier(name)) : []
    const faults = agreed.flatMap((column) => column.faults.map((fault) => ({ ...fault, column: column.name })))
    const isFaulty =
      faults.length > 0
        ? joinSql(
            faults.map(({ test }) => test),
            ' OR ',
          )
        : raw('FALSE')
    const rejects = config.on_error === 'reject' && faults.length > 0

    const values = agreed.map((column) => {
      const guards = rejects
        ? []
        : column.faults.map(
            ({ test, words, field }) =>
              sql`WHEN ${test} THEN ${failure('contract.broken', field, words, 'Mend the data, or send such rows to the reject port.', nodeId)}`,
          )
      const value = guards.length > 0 ? sql`CASE ${joinSql(guards, ' ')} ELSE ${column.value} END` : column.value
      return sql`${value} AS ${identifier(column.name)}`
    })
    const first = (of: (fault: (typeof faults)[number]) => Sql): Sql =>
      rejects
        ? sql`CASE ${joinSql(
            faults.map((fault) => sql`WHEN ${fault.test} THEN ${of(fault)}`),
            ' ',
          )} END`
        : raw('CAST(NULL AS VARCHAR)')
    const where = rejects ? sql` WHERE NOT (${isFaulty})` : raw('')
    return {
      out: sql`SELECT ${joinSql([...values, ...kept])} FROM ${input.name}${where}`,
      reject: sql`SELECT *, ${first(({ column }) => literal(column))} AS ${identifier(freeName('_column', input.columns))}, ${first(({ words }) => concat(words))} AS ${identifier(freeName('_reason', input.columns))} FROM ${input.name} WHERE ${rejects ? isFaulty : raw('FALSE')}`,
    }
  },
}

const concat = (words: readonly (string | Sql)[]): Sql =>
  sql`concat(${joinSql(words.map((word) => (typeof word === 'string' ? literal(word) : word)))})`

function agree(
  item: ContractConfig['columns'][number],
  index: number,
  config: ContractConfig,
  columns: readonly Column[],
): Agreed {
  const to = atField(['columns', index, 'type'], () => parseType(item.type))
  const type = formatType(to)
  const found = columns.find(({ name }) => name === item.name) ?? columns.find(({ name }) => sameName(name, item.name))
  if (!found) {
    if (config.missing === 'fail' || item.required)
      throw userError('contract.missing', `The contract needs the column “${item.name}”, which is not there.`, {
        field: ['columns', index, 'name'],
        hint:
          didYouMean(
            item.name,
            columns.map(({ name }) => name),
          ).hint ?? (item.required ? 'It may never be missing.' : 'Choose to add it empty, if that is meant.'),
      })
    return { name: item.name, value: sql`CAST(NULL AS ${typeSql(to)})`, faults: [] }
  }
  const value = identifier(found.name)
  const from = columnType(found.type)
  const absent = item.required
    ? [
        {
          test: sql`${value} IS NULL`,
          words: [`A value of “${item.name}” is missing.`],
          field: ['columns', index, 'required'],
        },
      ]
    : []
  if (formatType(from) === type) return { name: item.name, value, faults: absent }
  if (config.types === 'fail')
    throw userError('contract.type', `“${found.name}” is ${found.type}, and the contract says ${type}.`, {
      field: ['columns', index, 'type'],
      hint: 'Change the contract, or choose to convert such columns.',
    })
  const cast = exactCast(value, from, to)
  const unfit = {
    test: sql`(${value} IS NOT NULL AND ${cast} IS NULL)`,
    words: [
      '“',
      sql`left(CAST(${value} AS VARCHAR), ${SHOWN})`,
      `” of “${item.name}” does not fit ${type} without loss.`,
    ],
    field: ['columns', index, 'type'],
  }
  return { name: item.name, value: cast, faults: [...absent, unfit] }
}

function list(columns: readonly Column[]): string {
  const shown = columns.slice(0, 8).map(({ name }) => `“${name}”`)
  return columns.length > shown.length
    ? `${shown.join(', ')} and ${columns.length - shown.length} more`
    : shown.join(', ')
}
