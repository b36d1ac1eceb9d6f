import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../shared/errors.ts'
import { assertNever } from '../../shared/result.ts'
import { isNestedType } from './cells.ts'
import type { FieldPath } from './fields.ts'
import { form, option, text } from './form.ts'
import { requireColumn } from './inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'
import { columnType, integerType, isFloat, isScalar, type SqlType, typeSql } from './types.ts'

export const comparisonOperatorSchema = z.enum([
  'equals',
  'not_equals',
  'less',
  'less_or_equal',
  'greater',
  'greater_or_equal',
  'between',
  'in',
  'not_in',
  'is_empty',
  'is_not_empty',
  'is_blank',
  'is_not_blank',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'matches',
  'not_matches',
])
export type ComparisonOperator = z.output<typeof comparisonOperatorSchema>

const ONE_VALUE = [
  ...['equals', 'not_equals', 'less', 'less_or_equal', 'greater', 'greater_or_equal', 'between'],
  ...['contains', 'not_contains', 'starts_with', 'ends_with', 'matches', 'not_matches'],
]

/** One test of one column against values, written without SQL. */
export const comparisonSchema = z.strictObject({
  column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  operator: comparisonOperatorSchema.default('equals').meta(
    form('Test', 'Test', {
      options: [
        option('equals', 'is', 'est'),
        option('not_equals', 'is not', 'n’est pas'),
        option('less', 'is less than', 'est inférieur à'),
        option('less_or_equal', 'is at most', 'est au plus'),
        option('greater', 'is greater than', 'est supérieur à'),
        option('greater_or_equal', 'is at least', 'est au moins'),
        option('between', 'is between', 'est entre'),
        option('in', 'is one of', 'est parmi'),
        option('not_in', 'is none of', 'n’est pas parmi'),
        option('is_empty', 'is empty', 'est vide'),
        option('is_not_empty', 'is not empty', 'n’est pas vide'),
        option('is_blank', 'is empty or blank', 'est vide ou blanc'),
        option('is_not_blank', 'has a text', 'a un texte'),
        option('contains', 'contains', 'contient'),
        option('not_contains', 'does not contain', 'ne contient pas'),
        option('starts_with', 'starts with', 'commence par'),
        option('ends_with', 'ends with', 'se termine par'),
        option('matches', 'matches the pattern', 'correspond au motif'),
        option('not_matches', 'does not match the pattern', 'ne correspond pas au motif'),
      ],
    }),
  ),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .meta(form('Value', 'Valeur', { control: 'text', visibleWhen: { field: 'operator', in: ONE_VALUE } })),
  to: z
    .union([z.string(), z.number()])
    .optional()
    .meta(
      form('And (included)', 'Et (inclus)', { control: 'text', visibleWhen: { field: 'operator', in: ['between'] } }),
    ),
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .default([])
    .meta(form('Values', 'Valeurs', { control: 'list', visibleWhen: { field: 'operator', in: ['in', 'not_in'] } })),
  other_column: z
    .string()
    .optional()
    .meta(
      form('Or the value of column', 'Ou la valeur de la colonne', {
        control: 'column',
        port: 'in',
        advanced: true,
        visibleWhen: {
          field: 'operator',
          in: ONE_VALUE.filter((name) => !name.endsWith('matches') && name !== 'between'),
        },
      }),
    ),
  ignore_case: z
    .boolean()
    .default(false)
    .meta(
      form('Ignore upper and lower case', 'Ignorer la casse', {
        advanced: true,
        help: text('For texts only.', 'Pour les textes seulement.'),
      }),
    ),
})
export type Comparison = z.output<typeof comparisonSchema>

/**
 * SQL that is TRUE where the test holds. An empty value passes none but `is_empty` and `is_blank`: the result is then NULL, not FALSE.
 * @throws LogiDataError about the column or the value, with its field
 */
export function comparison(test: Comparison, columns: readonly Column[], field: FieldPath): Sql {
  const column = requireColumn(columns, test.column, [...field, 'column'])
  const type = columnType(column.type)
  const value = identifier(column.name)
  const asText = isScalar(type, 'VARCHAR') ? value : sql`CAST(${value} AS VARCHAR)`
  const fold = (side: Sql): Sql => (test.ignore_case ? sql`lower(${side})` : side)
  const needed = (): Sql => operand(test, type, columns, field)
  /** Both sides as texts: for what only texts can do. */
  const textual = (call: (left: Sql, right: Sql) => Sql): Sql =>
    call(fold(asText), fold(textOperand(test, columns, field)))
  const compared = (sign: string): Sql => {
    const folds = test.ignore_case && isScalar(type, 'VARCHAR')
    return folds
      ? sql`(lower(${value}) ${raw(sign)} lower(CAST(${needed()} AS VARCHAR)))`
      : sql`(${value} ${raw(sign)} ${needed()})`
  }
  switch (test.operator) {
    case 'equals':
      return compared('=')
    case 'not_equals':
      return compared('<>')
    case 'less':
      return compared('<')
    case 'less_or_equal':
      return compared('<=')
    case 'greater':
      return compared('>')
    case 'greater_or_equal':
      return compared('>=')
    case 'between': {
      if (test.to === undefined) throw missing([...field, 'to'])
      const upper = typedValue(test.to, type, [...field, 'to'])
      return sql`(${compared('>=')} AND ${fold(value)} <= ${fold(upper)})`
    }
    case 'in':
    case 'not_in': {
      if (test.values.length === 0) throw missing([...field, 'values'])
      const folds = test.ignore_case && isScalar(type, 'VARCHAR')
      const list = test.values.map((item, index) => {
        const given = typedValue(item, type, [...field, 'values', index])
        return folds ? fold(given) : given
      })
      return sql`(${folds ? fold(value) : value} ${raw(test.operator === 'in' ? 'IN' : 'NOT IN')} (${joinSql(list)}))`
    }
    case 'is_empty':
      return sql`(${value} IS NULL)`
    case 'is_not_empty':
      return sql`(${value} IS NOT NULL)`
    case 'is_blank':
      return sql`(${value} IS NULL OR trim(${asText}, ${BLANKS}) = '')`
    case 'is_not_blank':
      return sql`(${value} IS NOT NULL AND trim(${asText}, ${BLANKS}) <> '')`
    case 'contains':
      return textual((left, right) => sql`contains(${left}, ${right})`)
    case 'not_contains':
      return textual((left, right) => sql`(NOT contains(${left}, ${right}))`)
    case 'starts_with':
      return textual((left, right) => sql`starts_with(${left}, ${right})`)
    case 'ends_with':
      return textual((left, right) => sql`ends_with(${left}, ${right})`)
    case 'matches':
    case 'not_matches': {
      const not = raw(test.operator === 'matches' ? '' : 'NOT ')
      return sql`(${not}regexp_matches(${asText}, ${patternOf(test, field)}, ${test.ignore_case ? 'i' : 'c'}))`
    }
    default:
      return assertNever(test.operator)
  }
}

const BLANKS = ' \t\n\r\v\f\u00a0\u2007\u202f\u3000'

const missing = (field: FieldPath): LogiDataError =>
  userError('config.missing', 'Give the value to compare with.', { field: [...field] })

function operand(test: Comparison, type: SqlType, columns: readonly Column[], field: FieldPath): Sql {
  if (test.other_column) return identifier(requireColumn(columns, test.other_column, [...field, 'other_column']).name)
  if (test.value === undefined) throw missing([...field, 'value'])
  return typedValue(test.value, type, [...field, 'value'])
}

function textOperand(test: Comparison, columns: readonly Column[], field: FieldPath): Sql {
  if (test.other_column)
    return sql`CAST(${identifier(requireColumn(columns, test.other_column, [...field, 'other_column']).name)} AS VARCHAR)`
  if (test.value === undefined) throw missing([...field, 'value'])
  return literal(String(test.value))
}

function patternOf(test: Comparison, field: FieldPath): Sql {
  if (test.value === undefined) throw missing([...field, 'value'])
  try {
    new RegExp(String(test.value), 'u')
  } catch (thrown) {
    // RE2 knows a few forms that JavaScript does not, such as (?i); what neither knows is refused here.
    if (!/\(\?[imsU-]+[:)]|\[\[:|\\[AzQE]/.test(String(test.value)))
      throw userError('pattern.invalid', `“${test.value}” is not a regular expression.`, {
        field: [...field, 'value'],
        hint: 'Letters and digits stand for themselves; write a dot as \\. and a bracket as \\(.',
        cause: thrown,
      })
  }
  return literal(String(test.value))
}

/**
 * A value of a config as SQL, to compare with a column of `type` without changing either: 1.5 is never rounded for an INTEGER.
 * @throws LogiDataError `value.type` when it is no value of that type
 */
export function typedValue(given: string | number | boolean, type: SqlType, field: FieldPath): Sql {
  const written = String(given).trim()
  const refuse = (what: string): LogiDataError =>
    userError('value.type', `“${given}” is not ${what}.`, {
      field: [...field],
      hint: `The column is ${typeSql(type).text}.`,
    })
  if (type.kind === 'enum' || isScalar(type, 'VARCHAR')) return literal(String(given))
  if (isFloat(type)) {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?inf(inity)?$|^nan$/i.test(written)) throw refuse('a number')
    return sql`CAST(${written} AS ${typeSql(type)})`
  }
  if (integerType(type) || type.kind === 'decimal' || isScalar(type, 'BIGNUM'))
    return exactNumber(written, type, refuse)
  if (isScalar(type, 'BOOLEAN')) {
    if (!/^(true|false)$/i.test(written)) throw refuse('true or false')
    return raw(written.toUpperCase())
  }
  if (isScalar(type, 'DATE') || (type.kind === 'scalar' && type.name.startsWith('TIMESTAMP'))) {
    if (!isDate(written)) throw refuse('a date such as 2024-12-31')
    // A date compared with a time of day: cutting that off would change the test.
    const own: Sql = isScalar(type, 'DATE') && written.length > 10 ? raw('TIMESTAMP') : typeSql(type)
    return sql`CAST(${written} AS ${own})`
  }
  if (type.kind === 'scalar' && type.name.startsWith('TIME')) {
    if (!/^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?/.test(written)) throw refuse('a time such as 08:30')
    return sql`CAST(${written} AS ${typeSql(type)})`
  }
  if (isScalar(type, 'UUID')) {
    if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(written)) throw refuse('a UUID')
    return sql`CAST(${written} AS UUID)`
  }
  throw userError('value.type', `A column of type ${typeSql(type).text} cannot be compared with a value.`, {
    field: [...field],
    hint: isNestedType(typeSql(type).text) ? 'Compare one of its parts, with an expression.' : 'Use an expression.',
  })
}

function exactNumber(written: string, type: SqlType, refuse: (what: string) => LogiDataError): Sql {
  const parts = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(written)
  if (!parts || !/\d/.test(written)) throw refuse('a number')
  const [, sign = '', whole = '', decimals = ''] = parts
  const own = type.kind === 'decimal' ? type : { width: 38, scale: 0 }
  // Both sides meet in one DECIMAL, which has 38 digits at most.
  if (decimals === '' && type.kind !== 'decimal') {
    if (whole.length > 38) throw refuse('a number of 38 digits at most')
    return raw(`${sign}${whole || '0'}`)
  }
  const bits = integerType(type)?.bits
  const digits = type.kind === 'decimal' ? own.width - own.scale : bits === 128 ? 38 : 20
  if (Math.max(digits, whole.length) + Math.max(own.scale, decimals.length) > 38)
    throw refuse('a number that can be compared exactly')
  return raw(
    `CAST('${sign}${whole || '0'}.${decimals || '0'}' AS DECIMAL(${Math.max(1, whole.length + decimals.length)},${decimals.length}))`,
  )
}

/** A day that the calendar has, and perhaps a time after it. */
export function isDate(written: string): boolean {
  const parts =
    /^(\d{4,6})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?: ?(?:Z|[+-]\d{2}(?::?\d{2})?))?$/.exec(
      written,
    )
  if (!parts) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(Date.UTC(2000 + (year % 400), month - 1, day))
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
