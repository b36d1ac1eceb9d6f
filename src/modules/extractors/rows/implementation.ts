import { type LogiDataError, userError } from '../../../shared/errors.ts'
import { isDate } from '../../kit/comparison.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { expression, type Parameters } from '../../kit/expression.ts'
import { atField } from '../../kit/fields.ts'
import { checkDistinctNames } from '../../kit/inputs.ts'
import { interval } from '../../kit/periods.ts'
import { identifier, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { type RowsConfig, rowsDescriptor } from './descriptor.ts'

const MOST = 1_000_000_000n

export const rowsExtract: RelationModule<typeof rowsDescriptor, undefined> = {
  kind: 'relation',
  descriptor: rowsDescriptor,
  compile: ({ config, parameters }) => {
    const from = given(config.from, 'from', parameters)
    const to = config.to === undefined ? undefined : given(config.to, 'to', parameters)
    if ((to === undefined) === (config.rows === undefined))
      throw userError('rows.end', 'Give the last value or the number of rows, one of the two.', { field: ['to'] })
    checkDistinctNames([{ name: config.name }, ...config.columns], 'The result', ['columns'])
    const name = identifier(config.name)
    let query = config.kind === 'number' ? numbers(config, from, to, name) : times(config, from, to, name)
    config.columns.forEach((column, index) => {
      const value = atField(['columns', index, 'expression'], () => expression(column.expression, parameters))
      query = sql`SELECT *, ${value} AS ${identifier(column.name)} FROM (${query})`
    })
    return { out: query }
  },
  size: () => ({ bytes: 0 }),
}

function given(value: string | number, field: 'from' | 'to', parameters: Parameters): string {
  const written = String(value).trim()
  if (!written.startsWith('$')) return written
  const parameter = parameters.get(written.slice(1))
  if (parameter) return parameter.value.trim()
  throw userError('parameter.unknown', `The pipeline has no parameter “${written.slice(1)}”.`, {
    field: [field],
    ...didYouMean(written.slice(1), parameters.keys()),
  })
}

const bad = (written: string, field: string, what: string): LogiDataError =>
  userError('value.type', `“${written}” is not ${what}.`, { field: [field] })

const zeroStep = (): LogiDataError =>
  userError('rows.step', 'The step must be more than 0.', {
    field: ['step'],
    hint: 'To count down, let the last value be smaller than the first.',
  })

/** A number as a whole number of its last decimals. */
function scaled(written: string, scale: number): bigint {
  const [whole = '', decimals = ''] = written.replace(/^\+/, '').split('.')
  const digits = BigInt(`${whole.replace('-', '') || '0'}${decimals.padEnd(scale, '0')}`)
  return written.startsWith('-') ? -digits : digits
}

function numbers(config: RowsConfig, from: string, to: string | undefined, name: Sql): Sql {
  const step = String(config.step).trim()
  for (const [field, written] of [
    ['from', from],
    ['to', to ?? '0'],
    ['step', step],
  ] as const)
    if (!/^[+-]?\d{1,18}(\.\d{1,9})?$/.test(written)) throw bad(written, field, 'a number such as 10 or 0.5')
  const scale = Math.max(...[from, to ?? '', step].map((written) => written.split('.')[1]?.length ?? 0))
  const [first, size] = [scaled(from, scale), scaled(step, scale)]
  if (size <= 0n) throw zeroStep()
  const last = to === undefined ? undefined : scaled(to, scale)
  const distance = last === undefined ? 0n : last < first ? first - last : last - first
  const rows = last === undefined ? BigInt(config.rows ?? 0) : distance / size + 1n
  checkRows(rows)
  const sign = raw(last !== undefined && last < first ? '-' : '+')
  const value =
    scale === 0
      ? sql`CAST(${first} ${sign} i * ${size} AS BIGINT)`
      : sql`CAST(CAST(${literal(from)} AS DECIMAL(28,${scale})) ${sign} CAST(i AS DECIMAL(10,0)) * CAST(${literal(step)} AS DECIMAL(27,${scale})) AS DECIMAL(28,${scale}))`
  return sql`SELECT ${value} AS ${name} FROM range(${rows}) AS numbers(i)`
}

function checkRows(rows: bigint): void {
  if (rows > MOST)
    throw userError('rows.too-many', `This would be ${rows} rows; ${MOST} is the most.`, {
      field: ['step'],
      hint: 'Take a larger step.',
    })
}

const SECONDS = {
  year: 31_556_952,
  quarter: 7_889_238,
  month: 2_629_746,
  week: 604_800,
  day: 86_400,
  hour: 3_600,
  minute: 60,
  second: 1,
}

function times(config: RowsConfig, from: string, to: string | undefined, name: Sql): Sql {
  const { kind, unit } = config
  const isDay = kind === 'date'
  if (isDay && ['hour', 'minute', 'second'].includes(unit))
    throw userError('date.unit', `Dates do not move by ${unit}s.`, {
      field: ['unit'],
      hint: 'Choose dates with a time, or a longer unit.',
    })
  for (const [field, written] of [
    ['from', from],
    ['to', to ?? from],
  ] as const)
    if (!isDate(written) || (isDay && written.length > 10))
      throw bad(written, field, isDay ? 'a date such as 2024-12-31' : 'a date and time such as 2024-12-31 08:00')
  const step = String(config.step).trim()
  if (!/^\d{1,9}$/.test(step)) throw bad(step, 'step', 'a whole number')
  if (Number(step) === 0) throw zeroStep()
  const [first, last] = [from, to].map((written) => sql`CAST(${written ?? from} AS TIMESTAMP)`)
  const type = raw(isDay ? 'DATE' : 'TIMESTAMP')
  const move = interval(sql`i * ${Number(step)}`, unit)
  const select = (sign: string, rows: Sql, end: Sql): Sql =>
    sql`SELECT CAST(${first ?? ''} ${raw(sign)} ${move} AS ${type}) AS ${name} FROM range(${rows}) AS numbers(i)${end}`
  if (to === undefined) return select('+', sql`${config.rows ?? 0}`, raw(''))
  const seconds =
    Math.abs(Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 1000
  if (Number.isFinite(seconds)) checkRows(BigInt(Math.floor(seconds / SECONDS[unit] / Number(step))))
  const down = to.replace('T', ' ') < from.replace('T', ' ')
  const [early, late] = down ? [last, first] : [first, last]
  const [sign, compare] = down ? ['-', '>='] : ['+', '<=']
  // One more than can fit, and then those that do: a month may be shorter than it looks.
  const rows = sql`date_diff(${unit}, ${early ?? ''}, ${late ?? ''}) // ${Number(step)} + 1`
  return select(sign, rows, sql` WHERE ${first ?? ''} ${raw(sign)} ${move} ${raw(compare)} ${last ?? ''}`)
}
