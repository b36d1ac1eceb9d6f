import { userError } from '../../../shared/errors.ts'
import { condition } from '../../kit/condition.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import type { Parameters } from '../../kit/expression.ts'
import { failure } from '../../kit/failure.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type AssertCheck, assertDescriptor } from './descriptor.ts'

/** `WHEN broken THEN error`, over one row or over the aggregates of the table. */
interface Guard {
  readonly over: 'row' | 'table'
  readonly broken: Sql
  readonly error: Sql
}

const SHOWN = 200

export const assertStep: RelationModule<typeof assertDescriptor, undefined> = {
  kind: 'relation',
  descriptor: assertDescriptor,
  keepsRows: true,
  blocking: ({ checks }) => checks.some(({ check }) => check === 'rows' || check === 'table' || check === 'unique'),
  compile: ({ nodeId, config, inputs, parameters, sampled }) => {
    const input = requireInput(inputs, 'in')
    const row = identifier(freeName('_row', input.columns))
    const guards = config.checks.map((check, index) =>
      guardOf(check, { input, row, parameters, nodeId }, ['checks', index]),
    )
    const rows = guards.filter(({ over }) => over === 'row')
    const table = sampled ? [] : guards.filter(({ over }) => over === 'table')
    const tests = [
      // A subquery without outer columns is worked out once, and also when there are no rows.
      ...(table.length > 0 ? [sql`(SELECT ${caseOf(table)} FROM ${input.name})`] : []),
      ...(rows.length > 0 ? [caseOf(rows)] : []),
    ]
    const where = tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw('')
    return { out: sql`SELECT * FROM ${input.name} AS ${row}${where}` }
  },
}

const caseOf = (guards: readonly Guard[]): Sql =>
  sql`CASE ${joinSql(
    guards.map(({ broken, error }) => sql`WHEN ${broken} THEN ${error}`),
    ' ',
  )} ELSE TRUE END`

interface Scope {
  readonly input: InputRelation
  /** What the whole row is called. */
  readonly row: Sql
  readonly parameters: Parameters
  readonly nodeId: string
}

function guardOf(check: AssertCheck, scope: Scope, field: FieldPath): Guard {
  const { row, parameters, nodeId } = scope
  const says = (...message: (string | Sql)[]): Sql =>
    sql`CAST(${failure('assert.failed', field, check.message ? [`${check.message} `, ...message] : message, 'Mend the data or the check; to set bad rows apart and go on, use Validate.', nodeId)} AS BOOLEAN)`
  const aRow = sql`left(CAST(${row} AS VARCHAR), ${SHOWN})`
  switch (check.check) {
    case 'rows': {
      const { min, max } = check
      if (min === undefined && max === undefined)
        throw userError('config.missing', 'Give a lower or an upper limit.', { field: [...field, 'min'] })
      const bounds = [
        ...(min === undefined ? [] : [sql`count(*) < ${min}`]),
        ...(max === undefined ? [] : [sql`count(*) > ${max}`]),
      ]
      const wanted = max === undefined ? `at least ${min}` : min === undefined ? `at most ${max}` : `${min} to ${max}`
      return {
        over: 'table',
        broken: joinSql(bounds, ' OR '),
        error: says(`The number of rows must be ${wanted}, and is `, sql`CAST(count(*) AS VARCHAR)`, '.'),
      }
    }
    case 'row': {
      const test = atField([...field, 'expression'], () => condition(check.expression ?? '', parameters))
      return {
        over: 'row',
        broken: sql`(${test}) IS NOT TRUE`,
        error: says(`“${check.expression?.trim()}” is not true for the row `, aRow, '.'),
      }
    }
    case 'table': {
      const test = atField([...field, 'expression'], () => condition(check.expression ?? '', parameters))
      return {
        over: 'table',
        broken: sql`(${test}) IS NOT TRUE`,
        error: says(`“${check.expression?.trim()}” is not true for the table.`),
      }
    }
    case 'not_null': {
      const columns = named(check, scope, field)
      const missing = joinSql(
        columns.map((column) => sql`${column} IS NULL`),
        ' OR ',
      )
      return {
        over: 'row',
        broken: missing,
        error: says(`A value is missing in ${quoted(check.columns)}, in the row `, aRow, '.'),
      }
    }
    case 'unique': {
      const columns = named(check, scope, field)
      const key = columns.length === 1 ? joinSql(columns) : sql`(${joinSql(columns)})`
      const known = joinSql(
        columns.map((column) => sql`${column} IS NOT NULL`),
        ' AND ',
      )
      const repeated = sql`count(*) FILTER (WHERE ${known}) - count(DISTINCT ${key}) FILTER (WHERE ${known})`
      return {
        over: 'table',
        broken: sql`${repeated} > 0`,
        error: says(
          `${quoted(check.columns)} must be unique; rows that repeat a key: `,
          sql`CAST(${repeated} AS VARCHAR)`,
          '.',
        ),
      }
    }
  }
}

function named(check: AssertCheck, { input }: Scope, field: FieldPath): Sql[] {
  if (check.columns.length === 0)
    throw userError('config.missing', 'Choose the columns.', { field: [...field, 'columns'] })
  return check.columns.map((name, index) =>
    identifier(requireColumn(input.columns, name, [...field, 'columns', index]).name),
  )
}

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ')
