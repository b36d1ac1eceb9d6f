import { userError } from '../../../shared/errors.ts'
import { kindOf, selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { requireInput } from '../../kit/inputs.ts'
import { checkPattern, replacementFor } from '../../kit/pattern.ts'
import { replaceColumns } from '../../kit/replace-columns.ts'
import { identifier, raw, type Sql, sql } from '../../kit/sql.ts'
import { escapePattern } from '../../kit/text-sql.ts'
import { type ReplaceRule, replaceDescriptor } from './descriptor.ts'

export const replace: RelationModule<typeof replaceDescriptor, undefined> = {
  kind: 'relation',
  descriptor: replaceDescriptor,
  keepsRows: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const values = new Map<string, Sql>()
    config.rules.forEach((rule, index) => {
      const field = ['rules', index]
      const apply = replacing(rule, field)
      for (const column of selectColumns(rule, input.columns, field)) {
        if (kindOf(column) !== 'text')
          throw userError('column.not-text', `“${column.name}” is ${column.type}, and only texts have parts.`, {
            field: [...field, 'columns'],
            hint: 'Choose columns of text, or change the type first.',
          })
        values.set(column.name, apply(values.get(column.name) ?? identifier(column.name)))
      }
    })
    const list = replaceColumns(
      input.columns,
      [...values].map(([name, value]) => ({ name, value })),
    )
    return { out: sql`SELECT ${list} FROM ${input.name}` }
  },
}

/** @throws LogiDataError `pattern.invalid`, `pattern.unsupported`, `pattern.no-group` */
function replacing(rule: ReplaceRule, field: FieldPath): (value: Sql) => Sql {
  const simple = !rule.regex && !rule.case_insensitive && rule.where === 'anywhere' && rule.occurrences === 'all'
  if (simple) return (value) => sql`replace(${value}, ${rule.find}, ${rule.replace})`
  const found = rule.regex ? checkPattern(rule.find, [...field, 'find']) : undefined
  if (rule.where === 'word') return replacingWords(rule, field)
  const inner = found ? `(?:${found.text})` : escapePattern(rule.find)
  const text = found
    ? replacementFor(rule.replace, found, [...field, 'replace'])
    : rule.replace.replaceAll('\\', '\\\\')
  const anchored = { anywhere: inner, cell: `^${inner}$`, start: `^${inner}`, end: `${inner}$` }[rule.where]
  const pattern = `${rule.case_insensitive ? '(?i)' : ''}${anchored}`
  const flags = rule.where === 'anywhere' && rule.occurrences === 'all' ? sql`, 'g'` : raw('')
  return (value) => sql`regexp_replace(${value}, ${pattern}, ${text}${flags})`
}

/** Unassigned for good, so that no text holds it. */
const EDGE = '\uFDD0'
const WORD = '[\\p{L}\\p{M}\\p{N}_]+'

/**
 * RE2 has no look-around, and its `\b` knows ASCII only. So the edges of each word are marked first, in the text and in what is sought:
 * a word that is a part of a longer one then differs from it.
 */
function replacingWords(rule: ReplaceRule, field: FieldPath): (value: Sql) => Sql {
  if (rule.regex)
    throw userError('replace.words-of-pattern', 'A regular expression says by itself where its words end.', {
      field: [...field, 'where'],
      hint: 'Choose “Anywhere” and write \\b at the edges of the word, or take away “Regular expression”.',
    })
  const sought = rule.find.replaceAll(/[\p{L}\p{M}\p{N}_]+/gu, `${EDGE}$&${EDGE}`)
  const pattern = `${rule.case_insensitive ? '(?i)' : ''}${escapePattern(sought)}`
  const text = rule.replace.replaceAll('\\', '\\\\')
  const flags = rule.occurrences === 'all' ? sql`, 'g'` : raw('')
  return (value) => {
    const marked = sql`regexp_replace(${value}, ${WORD}, ${`${EDGE}\\0${EDGE}`}, 'g')`
    return sql`replace(regexp_replace(${marked}, ${pattern}, ${text}${flags}), ${EDGE}, '')`
  }
}
