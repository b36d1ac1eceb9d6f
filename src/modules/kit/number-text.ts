import { z } from 'zod'
import { userError } from '../../shared/errors.ts'
import { exactCast } from './casts.ts'
import type { FieldPath } from './fields.ts'
import { asAdvanced, form, option, text } from './form.ts'
import { type Sql, sql } from './sql.ts'
import { escapePattern, SPACES, trimmed } from './text-sql.ts'
import { integerType, isFloat, isScalar, type SqlType } from './types.ts'

const TEXT: SqlType = { kind: 'scalar', name: 'VARCHAR' }

export const decimalSchema = z.enum(['.', ','])
export const thousandsSchema = z.enum(['', ',', '.', ' ', "'"])

/** How numbers are written; spread into a strict object. */
export const numberFields = {
  decimal: decimalSchema.default('.').meta(
    form('Decimal mark', 'Séparateur décimal', {
      options: [option('.', 'Point: 1.5', 'Point : 1.5'), option(',', 'Comma: 1,5', 'Virgule : 1,5')],
    }),
  ),
  thousands: thousandsSchema.default('').meta(
    form('Thousands separator', 'Séparateur de milliers', {
      options: [
        option('', 'None', 'Aucun'),
        option(',', 'Comma: 1,000', 'Virgule : 1,000'),
        option('.', 'Point: 1.000', 'Point : 1.000'),
        option(' ', 'Space: 1 000', 'Espace : 1 000'),
        option("'", 'Apostrophe: 1’000', 'Apostrophe : 1’000'),
      ],
      help: text(
        'A number without it is read too; one with another separator is not.',
        'Un nombre qui n’en a pas se lit aussi ; avec un autre séparateur, non.',
      ),
    }),
  ),
} as const

/** The same, folded away: for steps that are about other things too. */
export const advancedNumberFields = {
  decimal: asAdvanced(numberFields.decimal),
  thousands: asAdvanced(numberFields.thousands),
} as const

export interface NumberStyle {
  readonly decimal: '.' | ','
  readonly thousands: z.output<typeof thousandsSchema>
  /** `(1.5)` and `1.5-` are negative. */
  readonly accounting?: boolean
  /** Currency signs and codes of three letters, before or after. */
  readonly currency?: boolean
  /** `5 %` is 0.05. */
  readonly percent?: boolean
}

/** What groups digits: every blank that people and programs put there, both apostrophes. */
const GROUPS: Readonly<Record<Exclude<NumberStyle['thousands'], ''>, string>> = {
  ',': ',',
  '.': '.',
  ' ': ' \u00a0\u2007\u2009\u202f',
  "'": "'’",
}

/** @throws LogiDataError `number.separators` */
export function checkNumberStyle(style: NumberStyle, field: FieldPath): void {
  if (style.decimal === style.thousands)
    throw userError('number.separators', 'The decimal mark and the thousands separator are the same.', {
      field: [...field, 'thousands'],
    })
}

/**
 * A number written in a style, as the text that SQL reads (`-1234.5`), or NULL. Groups of thousands must be whole: `1,23` is no number
 * with a thousands comma. Groups of two after the first, as in India, are read too.
 * @param value text, used several times
 */
export function plainNumber(value: Sql, style: NumberStyle): Sql {
  const groups = style.thousands === '' ? '' : GROUPS[style.thousands]
  const group = groups && `[${escapePattern(groups)}]`
  const whole = group ? `(?:\\d{1,3}(?:${group}\\d{3})+|\\d{1,2}(?:${group}\\d{2})+${group}\\d{3}|\\d+)` : '\\d+'
  const mark = escapePattern(style.decimal)
  // With percents, an exponent would stand in the way of moving the point.
  const exponent = style.percent ? '' : '(?:[eE][+-]?\\d+)?'
  const digits = `(?:${whole}(?:${mark}\\d*)?|${mark}\\d+)${exponent}`
  // The minus of typographers.
  const plain = sql`replace(${stripped(value, style)}, '−', '-')`
  const shape = style.accounting ? `[+-]?\\s?${digits}|${digits}\\s?-|\\(\\s?${digits}\\s?\\)` : `[+-]?${digits}`
  const negative = sql`regexp_replace(regexp_replace(${plain}, '^\\((.*)\\)$', '-\\1'), '^(.*[^eE])-$', '-\\1')`
  const signed = style.accounting ? negative : plain
  const from = `${groups} `
  const clean = sql`translate(translate(${signed}, ${from}, ''), ${style.decimal}, '.')`
  const number = style.percent
    ? sql`CASE WHEN ends_with(${trimmed(value)}, '%') THEN ${hundredth(clean)} ELSE ${clean} END`
    : clean
  return sql`CASE WHEN regexp_full_match(${plain}, ${shape}) THEN ${number} END`
}

function stripped(value: Sql, style: NumberStyle): Sql {
  let text = trimmed(value)
  if (style.percent) text = sql`rtrim(rtrim(${text}, '%'), ${SPACES})`
  if (!style.currency) return text
  const code = String.raw`(?:\p{Sc}|[A-Z]{3}|[A-Z]{1,2}\p{Sc})`
  const space = '[ \\x{a0}\\x{202f}]?'
  return sql`regexp_replace(regexp_replace(${text}, ${`^([-+(]?)${space}${code}${space}`}, '\\1'), ${`${space}${code}(\\)?)$`}, '\\1')`
}

/** Two places to the right: `12.5` becomes `0.125`, exactly, since it is done with the text. */
const hundredth = (plain: Sql): Sql =>
  sql`regexp_replace(regexp_replace(${plain}, '^([+-]?)(\\d*)\\.?(\\d*)$', '\\100\\2.\\3'), '^([+-]?)(\\d*)(\\d{2})\\.(\\d*)$', '\\1\\2.\\3\\4')`

/** A number as `plainNumber` gives it, as a type, exactly, or NULL. @param plain used several times */
export const numberAs = (plain: Sql, type: SqlType): Sql => exactCast(plain, TEXT, type)

/** @throws LogiDataError `type.not-a-number` */
export function checkNumberType(type: SqlType, written: string, field: FieldPath): void {
  if (integerType(type) || type.kind === 'decimal' || isFloat(type) || isScalar(type, 'BIGNUM')) return
  throw userError('type.not-a-number', `${written} is not a type of numbers.`, {
    field: [...field],
    hint: 'Choose DECIMAL(18,2), BIGINT or DOUBLE, for example.',
  })
}
