import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { exactCast } from './casts.ts'
import { selectColumns } from './column-selection.ts'
import { condition } from './condition.ts'
import type { InputRelation } from './contract.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Parameters } from './expression.ts'
import { atField, type FieldPath } from './fields.ts'
import { requireColumn } from './inputs.ts'
import type { Rule } from './rule-schema.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'
import { columnType, formatType, integerType, isFloat, isScalar, parseType } from './types.ts'
import { refuseVolatile } from './volatile.ts'

/** One thing to look at in every row. */
export interface RuleTest {
  /** TRUE for a row that breaks the rule; FALSE or NULL for one that keeps it. */
  readonly broken: Sql
  /** Why, in words; a text with the row's value in it. */
  readonly reason: Sql
  readonly severity: Rule['severity']
}

export interface TestScope {
  readonly input: InputRelation
  /** The other inputs, by name. */
  readonly others: ReadonlyMap<string, InputRelation>
  readonly parameters: Parameters
  /** Makes a column beside the input's own, for what needs the other rows; gives its name. */
  readonly compute: (value: Sql) => Sql
}

const SHOWN = 80

/** @throws LogiDataError what a rule lacks, by its field */
export function testsOf(rule: Rule, field: FieldPath, scope: TestScope): RuleTest[] {
  const { severity } = rule
  const words = (made: Sql): Sql => (rule.message === undefined ? made : literal(rule.message))
  if (rule.check === 'expression') {
    const test = atField([...field, 'expression'], () => {
      refuseVolatile(rule.expression ?? '')
      return condition(rule.expression ?? '', scope.parameters)
    })
    return [
      { broken: sql`(${test}) IS NOT TRUE`, reason: words(literal(`not true: ${rule.expression?.trim()}`)), severity },
    ]
  }
  const columns = selectColumns(rule, scope.input.columns, field)
  if (rule.check === 'unique') return [{ ...uniqueTest(columns, scope, words), severity }]
  if (rule.check === 'reference') return [{ ...referenceTest(rule, columns, field, scope, words), severity }]
  return columns.map((column) => {
    const { broken, says, shows = true } = valueTest(rule, column, field)
    return { broken, reason: words(saying(column, says, shows)), severity }
  })
}

const nameOf = ({ name }: Column): Sql => identifier(name)
const shown = (column: Column): Sql => sql`left(CAST(${nameOf(column)} AS VARCHAR), ${SHOWN})`

function saying(column: Column, says: string, shows: boolean): Sql {
  if (!shows) return literal(`“${column.name}” ${says}`)
  return sql`concat(${`“${column.name}” ${says}: “`}, ${shown(column)}, '”')`
}

interface ValueTest {
  readonly broken: Sql
  readonly says: string
  readonly shows?: boolean
}

function valueTest(rule: Rule, column: Column, field: FieldPath): ValueTest {
  const value = nameOf(column)
  const type = columnType(column.type)
  const text = isScalar(type, 'VARCHAR')
  switch (rule.check) {
    case 'not_null':
      return { broken: sql`${value} IS NULL`, says: 'is missing', shows: false }
    case 'not_empty': {
      const empty = text
        ? sql`trim(${value}, ' \t\n\r') = ''`
        : type.kind === 'list'
          ? sql`len(${value}) = 0`
          : isFloat(type)
            ? sql`isnan(${value})`
            : undefined
      return {
        broken: empty ? sql`(${value} IS NULL OR ${empty})` : sql`${value} IS NULL`,
        says: 'is empty',
        shows: false,
      }
    }
    case 'range':
      return { broken: outside(value, rule, column, field), says: `is not ${within(rule)}` }
    case 'length': {
      const length = text ? sql`length(${value})` : type.kind === 'list' ? sql`len(${value})` : undefined
      if (!length) throw typeError('rule.type', column, 'has no length: it is neither a text nor a list', field)
      return {
        broken: outside(length, rule, { name: column.name, type: 'BIGINT' }, field),
        says: `has a length that is not ${within(rule)}`,
      }
    }
    case 'set': {
      if (rule.values.length === 0)
        throw userError('config.missing', 'List the allowed values.', { field: [...field, 'values'] })
      const values = rule.values.map((each, index) => constant(each, column, [...field, 'values', index]))
      return { broken: sql`${value} NOT IN (${joinSql(values)})`, says: 'is not an allowed value' }
    }
    case 'pattern': {
      if (!rule.regex) throw userError('config.missing', 'Write the pattern.', { field: [...field, 'regex'] })
      if (!text) throw typeError('rule.type', column, 'is not a text', field)
      return { broken: sql`NOT regexp_full_match(${value}, ${rule.regex})`, says: 'does not match the pattern' }
    }
    case 'type': {
      const wanted = rule.type
      if (!wanted) throw userError('config.missing', 'Choose the type.', { field: [...field, 'type'] })
      const to = atField([...field, 'type'], () => parseType(wanted))
      const cast = exactCast(value, type, to)
      const broken = cast.text === value.text ? raw('FALSE') : sql`(${value} IS NOT NULL AND ${cast} IS NULL)`
      return { broken, says: `does not fit ${formatType(to)}` }
    }
    default:
      throw new TypeError(`${rule.check} is no rule about a value`)
  }
}

function outside(value: Sql, rule: Rule, column: Column, field: FieldPath): Sql {
  const bounds = [
    ...(rule.min ? [sql`${value} < ${constant(rule.min, column, [...field, 'min'])}`] : []),
    ...(rule.max ? [sql`${value} > ${constant(rule.max, column, [...field, 'max'])}`] : []),
  ]
  if (bounds.length === 0)
    throw userError('config.missing', 'Give a lower or an upper limit.', { field: [...field, 'min'] })
  // DuckDB sorts NaN above all numbers: without a limit above it would be inside.
  if (isFloat(columnType(column.type))) bounds.push(sql`isnan(${value})`)
  return sql`(${joinSql(bounds, ' OR ')})`
}

function within({ min, max }: Rule): string {
  if (min && max) return `between ${min} and ${max}`
  return min ? `at least ${min}` : `at most ${max}`
}

/** A value that a person typed, in the type of its column; numbers keep every digit, whatever the column's width. */
function constant(typed: string, column: Column, field: FieldPath): Sql {
  const type = columnType(column.type)
  const isNumber = integerType(type) !== undefined || type.kind === 'decimal' || isFloat(type)
  if (isNumber) {
    if (/^[+-]?(\d{1,37}|\d{0,30}\.\d{1,8}|\d+([.]\d*)?e[+-]?\d{1,3})$/i.test(typed.trim()))
      return raw(`(${typed.trim()})`)
    throw notA(typed, 'a number', column, field)
  }
  if (isScalar(type, 'VARCHAR')) return literal(typed)
  const day = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/
  if (isScalar(type, 'BOOLEAN')) {
    if (/^(true|false)$/i.test(typed.trim())) return raw(typed.trim().toUpperCase())
    throw notA(typed, 'TRUE or FALSE', column, field)
  }
  if (type.kind === 'scalar' && /^(DATE|TIMESTAMP)/.test(type.name)) {
    if (!day.test(typed.trim()) || Number.isNaN(Date.parse(typed.trim().replace(' ', 'T'))))
      throw notA(typed, 'a date such as 2024-01-31', column, field)
    const wide = isScalar(type, 'DATE') ? 'TIMESTAMP' : type.name
    return sql`CAST(${typed.trim()} AS ${raw(wide)})`
  }
  return sql`CAST(${typed} AS ${raw(column.type)})`
}

const notA = (typed: string, what: string, column: Column, field: FieldPath) =>
  userError('config.invalid', `“${typed}” is not ${what}, and “${column.name}” has the type ${column.type}.`, {
    field: [...field],
  })
const typeError = (code: string, column: Column, says: string, field: FieldPath) =>
  userError(code, `“${column.name}” ${says} (${column.type}).`, {
    field: [...field, 'columns'],
    hint: 'Choose other columns, or cast them first.',
  })

function uniqueTest(
  columns: readonly Column[],
  scope: TestScope,
  words: (made: Sql) => Sql,
): Omit<RuleTest, 'severity'> {
  const keys = columns.map(nameOf)
  const count = scope.compute(sql`count(*) OVER (PARTITION BY ${joinSql(keys)})`)
  const known = joinSql(
    keys.map((key) => sql`${key} IS NOT NULL`),
    ' AND ',
  )
  const names = columns.map(({ name }) => `“${name}”`).join(', ')
  const values = columns.flatMap((column, index) => (index === 0 ? [shown(column)] : [literal(', '), shown(column)]))
  return {
    broken: sql`(${count} > 1 AND ${known})`,
    reason: words(sql`concat(${`${names} is not unique: “`}, ${joinSql(values)}, '”, in ', ${count}, ' rows')`),
  }
}

function referenceTest(
  rule: Rule,
  columns: readonly Column[],
  field: FieldPath,
  scope: TestScope,
  words: (made: Sql) => Sql,
): Omit<RuleTest, 'severity'> {
  const names = [...scope.others.keys()]
  const wanted = rule.input ?? (names.length === 1 ? names[0] : undefined)
  const other = wanted === undefined ? undefined : scope.others.get(wanted)
  if (!other || wanted === undefined)
    throw userError(
      'input.missing',
      wanted === undefined ? 'Say which input holds the values.' : `There is no input “${wanted}”.`,
      {
        field: [...field, 'input'],
        hint:
          names.length === 0
            ? 'Connect the table that holds them to this step.'
            : (didYouMean(wanted ?? '', names).hint ?? `The inputs are ${names.join(', ')}.`),
      },
    )
  if (rule.input_columns.length > 0 && rule.input_columns.length !== columns.length)
    throw userError('config.invalid', `${columns.length} columns are compared with ${rule.input_columns.length}.`, {
      field: [...field, 'input_columns'],
      hint: 'Name as many, in the same order.',
    })
  const theirs = columns.map((column, index) =>
    requireColumn(other.columns, rule.input_columns[index] ?? column.name, [
      ...field,
      rule.input_columns.length > 0 ? 'input_columns' : 'columns',
      index,
    ]),
  )
  columns.forEach((column, index) => {
    const their = theirs[index]
    if (their && isScalar(columnType(column.type), 'VARCHAR') !== isScalar(columnType(their.type), 'VARCHAR'))
      throw userError(
        'rule.type',
        `“${column.name}” (${column.type}) cannot be compared with “${their.name}” of “${wanted}” (${their.type}).`,
        {
          field: [...field, 'columns', index],
          hint: 'Cast one of them first.',
        },
      )
  })
  const keys = columns.map(nameOf)
  const tuple = keys.length === 1 ? joinSql(keys) : sql`(${joinSql(keys)})`
  const some = joinSql(
    theirs.map((column) => sql`${nameOf(column)} IS NOT NULL`),
    ' AND ',
  )
  const known = joinSql(
    keys.map((key) => sql`${key} IS NOT NULL`),
    ' AND ',
  )
  const found = scope.compute(sql`${tuple} IN (SELECT ${joinSql(theirs.map(nameOf))} FROM ${other.name} WHERE ${some})`)
  const values = columns.flatMap((column, index) => (index === 0 ? [shown(column)] : [literal(', '), shown(column)]))
  return {
    broken: sql`(${known} AND ${found} IS NOT TRUE)`,
    reason: words(
      sql`concat(${`${columns.map(({ name }) => `“${name}”`).join(', ')} is not in “${wanted}”: “`}, ${joinSql(values)}, '”')`,
    ),
  }
}
