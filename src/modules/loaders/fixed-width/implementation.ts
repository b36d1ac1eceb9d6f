import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { cellText } from '../../kit/cells.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { writeLines } from '../../kit/files/write-lines.ts'
import { requireColumn } from '../../kit/inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { type FixedLoadConfig, type FixedLoadField, fixedWidthLoadDescriptor } from './descriptor.ts'

export const fixedWidthLoad: LoadModule<typeof fixedWidthLoadDescriptor> = {
  kind: 'load',
  descriptor: fixedWidthLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(config, columns) {
    planOf(config, columns)
  },
  write(request) {
    const { config, input } = request
    const { parts, reasons, header } = planOf(config, input.columns)
    return writeLines(request, {
      query: sql`SELECT concat(${joinSql(parts)}) AS line, coalesce(${joinSql(reasons)}) AS reason FROM ${input.name}`,
      header: config.header ? header : undefined,
      misfit: (first) => {
        const width = config.fields.reduce((sum, field) => sum + field.width, 0)
        const found = [...first].length
        return found === width ? undefined : `they are ${found} characters wide, and these ${width}`
      },
      refuse: (reason, row) =>
        userError('fixed.unfit', `Row ${row}, ${reason}.`, {
          hint: 'Make the column wider or clean its values before this step.',
          field: ['fields'],
        }),
    })
  },
}

const INTEGER = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/
const FLOATING = /^(FLOAT|DOUBLE)$/

function planOf(config: FixedLoadConfig, columns: readonly Column[]) {
  if (config.fields.length === 0)
    throw userError('fixed.no-columns', 'No column is to be written.', {
      hint: 'Add each column with its width.',
      field: ['fields'],
    })
  const fields = config.fields.map((field, index) => {
    const column = requireColumn(columns, field.name, ['fields', index, 'name'])
    return fieldSql(field, column, config, index)
  })
  const header = config.fields.map(({ name, width }, index) => {
    if (config.header && [...name].length > width && config.too_wide === 'fail')
      throw userError('fixed.header', `The name ${name} is wider than its column of ${width} characters.`, {
        hint: 'Make the column wider, rename it, or leave the header line out.',
        field: ['fields', index, 'width'],
      })
    return [...name]
      .slice(0, width)
      .join('')
      .padEnd(width + name.length - [...name].length)
  })
  return { parts: fields.map(({ part }) => part), reasons: fields.map(({ reason }) => reason), header: header.join('') }
}

function fieldSql(field: FixedLoadField, { name, type }: Column, config: FixedLoadConfig, index: number) {
  const column = identifier(name)
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1] ?? (INTEGER.test(type) ? '0' : undefined)
  const wrong = (what: string, key: string) =>
    userError('fixed.format', `Column ${name} is ${type}: ${what}.`, { field: ['fields', index, key] })
  let value = cellText(column, type)
  const problems: Sql[] = []
  if (field.format !== undefined) {
    if (type !== 'DATE' && !type.startsWith('TIMESTAMP')) throw wrong('a date format needs a date', 'format')
    value = sql`strftime(${column}, ${dateFormat(field.format)?.strptime ?? field.format})`
  }
  if (field.decimals !== undefined) {
    if (scale === undefined) throw wrong('implied decimals need a whole number or a DECIMAL', 'decimals')
    const extra = Number(scale) - field.decimals
    const digits = sql`replace(${value}, '.', '')`
    if (extra > 0) {
      problems.push(
        sql`WHEN right(${digits}, ${extra}) <> ${'0'.repeat(extra)} THEN ${` has more than ${field.decimals} decimals`}`,
      )
      value = sql`left(${digits}, ${-extra})`
    } else value = sql`${digits} || ${'0'.repeat(-extra)}`
  }
  if (FLOATING.test(type)) problems.push(sql`WHEN NOT isfinite(${column}) THEN ' is no number that can be written'`)
  value = sql`coalesce(${value}, ${config.null_text})`
  const cuts = config.too_wide === 'truncate' && type === 'VARCHAR'
  problems.push(sql`WHEN regexp_matches(${value}, '[\r\n]') THEN ' holds a line break'`)
  if (!cuts)
    problems.push(sql`WHEN length(${value}) > ${field.width} THEN ${` is wider than ${field.width} characters`}`)
  const shown = sql`${`column ${name}: the value `} || '"' || left(${value}, 60) || '"'`
  const reason = sql`${shown} || CASE ${joinSql(problems, ' ')} END`
  const text = cuts ? sql`left(${value}, ${field.width})` : value
  const fill = sql`repeat(${field.pad}, greatest(${field.width} - length(${text}), 0))`
  const right = field.align === 'right' || (field.align === 'auto' && (scale !== undefined || FLOATING.test(type)))
  const zeros = sql`CASE WHEN starts_with(${text}, '-') THEN '-' || ${fill} || substr(${text}, 2) ELSE ${fill} || ${text} END`
  const padded = right ? (field.pad === '0' ? zeros : sql`${fill} || ${text}`) : sql`${text} || ${fill}`
  // What is not there is blank, whatever the rest is filled with.
  return {
    part: sql`(CASE WHEN ${column} IS NULL THEN rpad(${config.null_text}, ${field.width}, ' ') ELSE ${padded} END)`,
    reason,
  }
}
