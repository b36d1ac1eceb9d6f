import { userError } from '../../../shared/errors.ts'
import { kindOf, selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { requireInput } from '../../kit/inputs.ts'
import { checkPattern, replacementFor } from '../../kit/pattern.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
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
    const list = joinSql([...values].map(([name, value]) => sql`${value} AS ${identifier(name)}`))
    return { out: sql`SELECT * REPLACE (${list}) FROM ${input.name}` }
  },
}

/** @throws LogiDataError `pattern.invalid`, `pattern.unsupported`, `pattern.no-group` */
function replacing(rule: ReplaceRule, field: FieldPath): (value: Sql) => Sql {
  const simple = !rule.regex && !rule.case_insensitive && rule.where === 'anywhere' && rule.occurrences === 'all'
  if (simple) return (value) => sql`replace(${value}, ${rule.find}, ${rule.replace})`
  const found = rule.regex ? checkPattern(rule.find, [...field, 'find']) : undefined
  const inner = found ? `(?:${found.text})` : escapePattern(rule.find)
  const text = found
    ? replacementFor(rule.replace, found, [...field, 'replace'])
    : rule.replace.replaceAll('\\', '\\\\')
  const anchored = { anywhere: inner, cell: `^${inner}$`, start: `^${inner}`, end: `${inner}$` }[rule.where]
  const pattern = `${rule.case_insensitive ? '(?i)' : ''}${anchored}`
  const flags = rule.where === 'anywhere' && rule.occurrences === 'all' ? sql`, 'g'` : raw('')
  return (value) => sql`regexp_replace(${value}, ${pattern}, ${text}${flags})`
}
