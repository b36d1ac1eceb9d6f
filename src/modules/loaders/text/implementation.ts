import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { cellText } from '../../kit/cells.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { writeLines } from '../../kit/files/write-lines.ts'
import { requireColumn } from '../../kit/inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { type TextLoadConfig, textLoadDescriptor } from './descriptor.ts'

export const textLoad: LoadModule<typeof textLoadDescriptor> = {
  kind: 'load',
  descriptor: textLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(config, columns) {
    planOf(config, columns)
  },
  write(request) {
    const { config, input } = request
    const { parts, reasons } = planOf(config, input.columns)
    const reason = reasons.length > 0 ? sql`, coalesce(${joinSql(reasons)}) AS reason` : sql``
    return writeLines(request, {
      query: sql`SELECT ${joinSql(parts, ' || ')} AS line${reason} FROM ${input.name}`,
      header: config.header,
      footer: config.footer,
      refuse: (column, row) =>
        userError('text.line-break', `Row ${row}, column ${column}: the value holds a line break.`, {
          hint: 'Let line breaks be replaced or kept, or clean the column before this step.',
          field: ['line_breaks'],
        }),
    })
  },
}

function planOf(config: TextLoadConfig, columns: readonly Column[]): { parts: Sql[]; reasons: Sql[] } {
  if (config.mode === 'append' && config.footer !== undefined)
    throw userError('text.footer', 'Lines cannot be added to a file that has a last line of its own.', {
      hint: 'Leave the last line out, or replace the file.',
      field: ['footer'],
    })
  const reasons: Sql[] = []
  const textOf = ({ name, type }: Column, format?: string): Sql => {
    const column = identifier(name)
    const value = format === undefined ? cellText(column, type) : sql`strftime(${column}, ${format})`
    const text = sql`coalesce(${value}, ${config.null_text})`
    if (config.line_breaks === 'replace') return sql`regexp_replace(${text}, '\r\n|\r|\n', ' ', 'g')`
    if (config.line_breaks === 'fail') reasons.push(sql`CASE WHEN regexp_matches(${text}, '[\r\n]') THEN ${name} END`)
    return text
  }
  if (config.template === '') {
    const [only] = columns
    if (only === undefined || columns.length > 1)
      throw userError('text.no-template', `The input has ${columns.length} columns: say what a line looks like.`, {
        hint: 'Write a template such as {name} owes {total}.',
        field: ['template'],
      })
    return { parts: [textOf(only)], reasons }
  }
  const parts = [sql`''`]
  for (const [piece, inside] of config.template.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)) {
    if (piece === '{' || piece === '}')
      throw userError('text.template', `The template has a lone ${piece}.`, {
        hint: `Write ${piece}${piece} for a brace, {name} for a column.`,
        field: ['template'],
      })
    if (inside !== undefined) parts.push(placeholder(inside))
    else parts.push(sql`${piece === '{{' || piece === '}}' ? piece.charAt(0) : piece}`)
  }
  return { parts, reasons }

  function placeholder(inside: string): Sql {
    const colon = inside.indexOf(':')
    // A column's own name may hold a colon.
    if (colon === -1 || columns.some(({ name }) => name === inside))
      return textOf(requireColumn(columns, inside, ['template']))
    const column = requireColumn(columns, inside.slice(0, colon), ['template'])
    const format = dateFormat(inside.slice(colon + 1))
    if (format === undefined || (column.type !== 'DATE' && !column.type.startsWith('TIMESTAMP')))
      throw userError('text.format', `{${inside}} needs a date and a format such as dd/MM/yyyy.`, {
        field: ['template'],
      })
    return textOf(column, format.strptime)
  }
}
