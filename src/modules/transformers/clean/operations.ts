import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { constantOf } from '../../kit/constant.ts'
import { dateFrom, dateInFormats, wholeDay, withMonthNumbers } from '../../kit/date-text.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { nfkc } from '../../kit/nfkc.ts'
import { checkNumberStyle, checkNumberType, numberAs, plainNumber } from '../../kit/number-text.ts'
import { phoneNumber } from '../../kit/phone-text.ts'
import { joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import { CHARACTER_CLASSES, classOf, collapsed, sentenceCase, titleCase, trimmed } from '../../kit/text-sql.ts'
import { formatType, integerType, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import { emailAddress, webAddress } from '../../kit/web-text.ts'
import type { CleanStep } from './descriptor.ts'

/** What a step does to one column. */
export interface Operated {
  /** @param hold gives a value a name, for what is used again and again */
  readonly value: (value: Sql, hold: (value: Sql) => Sql) => Sql
  /** `value` uses its argument more than once. */
  readonly several?: boolean
  /** Of the result, when it is not the column's own. */
  readonly type?: SqlType
  /** What is wrong with a value whose result is NULL; absent when nothing can be. */
  readonly why?: string
}

const scalar = (name: string): SqlType => ({ kind: 'scalar', name })

/** @throws LogiDataError `column.not-text` and what is wrong with the step's settings */
export function operate(step: CleanStep, type: SqlType, column: Column, field: FieldPath): Operated {
  if (step.operation === 'null_to_value') return nullToValue(step, type, field)
  if (step.operation === 'boolean' && integerType(type)) return booleans(step, field)
  if (step.operation === 'boolean' && isScalar(type, 'BOOLEAN')) return { value: (value) => value }
  if (!isScalar(type, 'VARCHAR'))
    throw userError('column.not-text', `“${column.name}” is ${formatType(type)}, and this operation reads texts.`, {
      field: [...field, 'columns'],
      hint: 'Choose columns of text, or all of them by their kind.',
    })
  switch (step.operation) {
    case 'trim':
      return { value: (value) => trimmed(value, step.side) }
    case 'collapse':
      return { value: collapsed }
    case 'case':
      return letterCase(step.case)
    case 'remove':
      return { value: removing(step, field) }
    case 'keep':
      return { value: keeping(step, field) }
    case 'normalize':
      return step.unicode_form === 'nfc'
        ? { value: (value) => sql`nfc_normalize(${value})` }
        : { value: nfkc, several: true }
    case 'empty_to_null':
      return emptyToNull(step)
    case 'boolean':
      return booleans(step, field)
    case 'number':
      return numbers(step, field)
    case 'date':
      return dates(step)
    case 'phone':
      return {
        value: (value) => phoneNumber(value, step.country?.trim() || undefined, [...field, 'country']),
        several: true,
        why: step.country
          ? 'is not a phone number that the numbering plans know'
          : 'is not an international phone number that the numbering plans know',
      }
    case 'email':
      return { value: (value) => emailAddress(value, step.lower_all), several: true, why: 'is not an e-mail address' }
    case 'url':
      return { value: (value) => webAddress(value, step), several: true, why: 'is not a web address' }
    default:
      return assertNever(step.operation)
  }
}

function letterCase(kind: CleanStep['case']): Operated {
  switch (kind) {
    case 'upper':
      return { value: (value) => sql`upper(${value})` }
    case 'lower':
      return { value: (value) => sql`lower(${value})` }
    case 'title':
      return { value: titleCase }
    case 'sentence':
      return { value: sentenceCase, several: true }
    default:
      return assertNever(kind)
  }
}

function classes(step: CleanStep, field: FieldPath): string {
  const kinds = step.characters.flatMap((kind) => (kind === 'accents' ? [] : [CHARACTER_CLASSES[kind]]))
  const all = kinds.join('') + classOf(step.set ?? '')
  if (all === '' && !step.characters.includes('accents'))
    throw userError('config.missing', 'Choose which characters.', { field: [...field, 'characters'] })
  return all
}

function removing(step: CleanStep, field: FieldPath): (value: Sql) => Sql {
  const all = classes(step, field)
  return (value) => {
    const bare = step.characters.includes('accents') ? sql`strip_accents(${value})` : value
    return all ? sql`regexp_replace(${bare}, ${`[${all}]+`}, '', 'g')` : bare
  }
}

function keeping(step: CleanStep, field: FieldPath): (value: Sql) => Sql {
  if (step.characters.includes('accents'))
    throw userError('characters.accents', 'Accents alone cannot be kept.', {
      field: [...field, 'characters'],
      hint: 'Letters are kept with their accents.',
    })
  const all = classes(step, field)
  return (value) => sql`regexp_replace(${value}, ${`[^${all}]+`}, '', 'g')`
}

function emptyToNull(step: CleanStep): Operated {
  const words = [...new Set(step.words.map((word) => word.trim().toLowerCase()))].filter(Boolean)
  if (!step.blank && words.length === 0) return { value: (value) => sql`nullif(${value}, '')` }
  const isEmpty = (value: Sql) => (step.blank ? sql`${trimmed(value)} = ''` : sql`${value} = ''`)
  const isWord = (value: Sql) => sql`lower(${trimmed(value)}) IN (${joinSql(words.map((word) => literal(word)))})`
  return {
    several: true,
    value: (value) =>
      sql`CASE WHEN NOT (${isEmpty(value)}${words.length > 0 ? sql` OR ${isWord(value)}` : sql``}) THEN ${value} END`,
  }
}

function nullToValue(step: CleanStep, type: SqlType, field: FieldPath): Operated {
  const { value: given } = step
  if (given === undefined) throw userError('config.missing', 'Give the value.', { field: [...field, 'value'] })
  const constant = constantOf(given, type, [...field, 'value'])
  return { value: (value) => sql`coalesce(${value}, ${constant})` }
}

function booleans(step: CleanStep, field: FieldPath): Operated {
  const folded = (words: readonly string[]) => words.map((word) => word.trim().toLowerCase())
  const [yes, no] = [folded(step.true_words), folded(step.false_words)]
  const both = yes.find((word) => no.includes(word))
  if (both !== undefined)
    throw userError('boolean.both', `“${both}” means true and false at once.`, { field: [...field, 'false_words'] })
  if (yes.length === 0 || no.length === 0)
    throw userError('config.missing', 'Give at least one word for true and one for false.', {
      field: [...field, yes.length === 0 ? 'true_words' : 'false_words'],
    })
  const list = (words: readonly string[]) => joinSql(words.map((word) => literal(word)))
  return {
    several: true,
    type: scalar('BOOLEAN'),
    why: 'is neither a word for true nor one for false',
    value: (value) => {
      const word = sql`lower(${trimmed(sql`CAST(${value} AS VARCHAR)`)})`
      return sql`CASE WHEN ${word} IN (${list(yes)}) THEN TRUE WHEN ${word} IN (${list(no)}) THEN FALSE END`
    },
  }
}

function numbers(step: CleanStep, field: FieldPath): Operated {
  checkNumberStyle(step, field)
  const type = atField([...field, 'type'], () => parseType(step.type))
  checkNumberType(type, step.type, [...field, 'type'])
  return {
    several: true,
    type,
    why: `is not a number written so that fits ${formatType(type)}`,
    value: (value, hold) => numberAs(hold(plainNumber(value, step)), type),
  }
}

function dates(step: CleanStep): Operated {
  const timed = step.time === 'keep'
  return {
    several: true,
    type: scalar(timed ? 'TIMESTAMP' : 'DATE'),
    why: `is not a date that can be read${step.order ? ` (${{ dmy: 'day', mdy: 'month', ymd: 'year' }[step.order]} first)` : ', since no order of day and month was chosen'}`,
    value: (value, hold) => {
      const guessed = dateFrom(hold(withMonthNumbers(value)), step)
      const own = dateInFormats(trimmed(value), step.formats)
      const read = hold(own ? sql`coalesce(${own}, ${guessed})` : guessed)
      if (timed) return read
      return step.time === 'drop' ? sql`CAST(${read} AS DATE)` : wholeDay(read)
    },
  }
}
