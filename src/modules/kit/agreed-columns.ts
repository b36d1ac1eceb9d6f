import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { exactCast, isWidening } from './casts.ts'
import { didYouMean } from './did-you-mean.ts'
import { failure } from './failure.ts'
import { atField, type FieldPath } from './fields.ts'
import { sameName } from './inputs.ts'
import { identifier, joinSql, type Sql, sql } from './sql.ts'
import { columnType, formatType, parseType, typeSql } from './types.ts'

const SHOWN = 80

/** What can be wrong with a row's value: a test that is TRUE then, and the words for it. */
export interface Fault {
  readonly test: Sql
  readonly words: readonly (string | Sql)[]
  readonly field: FieldPath
}

/** A column as it was agreed upon, made from what is there. */
export interface AgreedColumn {
  readonly name: string
  /** NULL for a value that does not fit. */
  readonly value: Sql
  readonly faults: readonly Fault[]
  /** The value, or an error of the node that ends the query. */
  readonly orFail: (nodeId: string) => Sql
}

/** What to do with a column of another type, and with one that is not there. */
export interface Agreement {
  readonly types: 'fail' | 'convert'
  readonly missing: 'fail' | 'add'
}

/**
 * The columns that a config lists (in its field `columns`), with their types, out of those of an input.
 * @throws LogiDataError `contract.type`, `contract.missing`, `type.unknown`
 */
export function agreedColumns(
  wanted: readonly { readonly name: string; readonly type: string; readonly required: boolean }[],
  columns: readonly Column[],
  agreement: Agreement,
): AgreedColumn[] {
  return wanted.map((item, index) => {
    const { value, faults } = agree(item, index, columns, agreement)
    const orFail = (nodeId: string): Sql => {
      if (faults.length === 0) return value
      const hint = 'Mend the data, or send such rows to the reject port of a Contract.'
      const guards = faults.map(
        ({ test, words, field }) => sql`WHEN ${test} THEN ${failure('contract.broken', field, words, hint, nodeId)}`,
      )
      return sql`CASE ${joinSql(guards, ' ')} ELSE ${value} END`
    }
    return { name: item.name, value, faults, orFail }
  })
}

function agree(
  item: { readonly name: string; readonly type: string; readonly required: boolean },
  index: number,
  columns: readonly Column[],
  agreement: Agreement,
): { value: Sql; faults: Fault[] } {
  const to = atField(['columns', index, 'type'], () => parseType(item.type))
  const type = formatType(to)
  const found = columns.find(({ name }) => name === item.name) ?? columns.find(({ name }) => sameName(name, item.name))
  if (!found) {
    if (agreement.missing === 'fail' || item.required)
      throw userError('contract.missing', `The column “${item.name}” is needed, and is not there.`, {
        field: ['columns', index, 'name'],
        hint:
          didYouMean(
            item.name,
            columns.map(({ name }) => name),
          ).hint ?? (item.required ? 'It may never be missing.' : 'Connect a table that has it.'),
      })
    return { value: sql`CAST(NULL AS ${typeSql(to)})`, faults: [] }
  }
  const value = identifier(found.name)
  const from = columnType(found.type)
  const absent: Fault[] = item.required
    ? [
        {
          test: sql`${value} IS NULL`,
          words: [`A value of “${item.name}” is missing.`],
          field: ['columns', index, 'required'],
        },
      ]
    : []
  if (formatType(from) === type) return { value, faults: absent }
  if (agreement.types === 'fail')
    throw userError('contract.type', `“${found.name}” is ${found.type}, and the contract says ${type}.`, {
      field: ['columns', index, 'type'],
      hint: 'Change the contract, or choose to convert such columns.',
    })
  const cast = exactCast(value, from, to)
  if (isWidening(from, to)) return { value: cast, faults: absent }
  const shown = sql`left(CAST(${value} AS VARCHAR), ${SHOWN})`
  const unfit: Fault = {
    test: sql`(${value} IS NOT NULL AND ${cast} IS NULL)`,
    words: ['“', shown, `” of “${item.name}” does not fit ${type} without loss.`],
    field: ['columns', index, 'type'],
  }
  return { value: cast, faults: [...absent, unfit] }
}
