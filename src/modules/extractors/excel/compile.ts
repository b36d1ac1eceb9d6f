import type { CompiledPorts } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { readText } from '../../kit/files/read-text.ts'
import { sourceColumns } from '../../kit/files/source.ts'
import { stagedRelation } from '../../kit/files/stage.ts'
import { requireTextType } from '../../kit/files/text-type.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import type { ExcelConfig } from './descriptor.ts'
import type { ExcelFacts } from './facts.ts'
import { kindsFor } from './kind-counts.ts'
import { ROW } from './stage-workbook.ts'

/** One column in the relation of cells. */
interface Reading {
  readonly name: string
  /** In the file. */
  readonly header: string
  readonly type: string
  readonly free: boolean
  readonly cell: Sql
  /** Letters of the kinds that its cells may have: what is about others is left out, since planning thousands of columns takes long. */
  readonly kinds: string
  /** What there is to be read: NULL for what counts as empty. */
  readonly content: Sql
  readonly value: Sql
  readonly letters: Sql
}

const FILE = raw('__file')
const SHEET = raw('__sheet')

/** Cells without a value: errors, formulas that were never computed, dates that do not exist. */
const NO_VALUES = 'efx'
const ALL_KINDS = `nsbdmti${NO_VALUES}`

export function compileExcel(config: ExcelConfig, facts: ExcelFacts): CompiledPorts {
  const written = facts.columns.map((_, index) => readingOf(index, config, facts))
  // What several expressions speak of is computed below them, once: 800 columns were planned for 40 seconds otherwise.
  const shared = written.flatMap((reading, index) =>
    reading.free ? [] : [sql`${reading.value} AS ${raw(`v${index}`)}`, sql`${reading.content} AS ${raw(`n${index}`)}`],
  )
  const readings = written.map((reading, index) =>
    reading.free ? reading : { ...reading, value: raw(`v${index}`), content: raw(`n${index}`) },
  )
  const relation = cellRelation(facts)
  const cells = shared.length > 0 ? sql`(SELECT *, ${joinSql(shared)} FROM ${relation})` : relation
  const extra = [
    ...sourceColumns({ ...config, row_number_column: undefined }, facts.source, FILE, raw(ROW)),
    ...(config.sheet_name_column ? [sql`${SHEET} AS ${identifier(config.sheet_name_column)}`] : []),
    ...(config.row_number_column ? [sql`${raw(ROW)} AS ${identifier(config.row_number_column)}`] : []),
  ]
  if (config.on_bad_row === 'fail') {
    const columns = readings.map((reading) => sql`${orFail(reading)} AS ${identifier(reading.name)}`)
    return { out: sql`SELECT ${joinSql([...columns, ...extra])} FROM ${cells}`, reject: noRejects }
  }
  const checked = readings.filter((reading) => !reading.free)
  const columns = readings.map(
    (reading) => sql`CAST(${reading.value} AS ${raw(reading.type)}) AS ${identifier(reading.name)}`,
  )
  if (checked.length === 0)
    return { out: sql`SELECT ${joinSql([...columns, ...extra])} FROM ${cells}`, reject: noRejects }
  const bad = joinSql(checked.map(isBad), ' OR ')
  return {
    out: sql`SELECT ${joinSql([...columns, ...extra])} FROM ${cells} WHERE NOT (${bad})`,
    reject: rejects(cells, readings, checked, bad),
  }
}

function readingOf(index: number, config: ExcelConfig, facts: ExcelFacts): Reading {
  const column = facts.columns[index]
  if (!column) throw new TypeError(`no column ${index}`)
  const given = config.columns?.[column.name]
  if (given?.type !== undefined) requireTextType(column.name, given.type, ['columns', column.name, 'type'])
  const { type } = column
  const cell = raw(`t${index}`)
  const text = sql`substr(${cell}, 2)`
  const trimmed = type === 'VARCHAR' && !config.trim ? text : sql`trim(${text})`
  const nulls = joinSql((type === 'VARCHAR' ? config.null_values : ['', ...config.null_values]).map(literal))
  const isNull = nulls.text === '' ? undefined : sql`${trimmed} IN (${nulls})`
  const { kinds = ALL_KINDS } = column
  const errors = [...kinds].filter((kind) => NO_VALUES.includes(kind)).join('')
  const gone = config.errors === 'null' && errors !== '' ? [among(cell, errors)] : []
  if (isNull && kinds.includes('s')) gone.push(sql`(${cell}[1] = 's' AND ${isNull})`)
  const content = gone.length === 0 ? cell : sql`CASE WHEN NOT (${joinSql(gone, ' OR ')}) THEN ${cell} END`
  const reading = {
    type,
    decimalSeparator: given?.decimal_separator,
    thousandsSeparator: given?.thousands_separator,
    format: given?.format,
    leadingZeros: given?.leading_zeros,
  }
  const base = {
    name: given?.name ?? column.name,
    header: column.name,
    type,
    cell,
    kinds,
    content,
    letters: lettersOf(index, facts),
  }
  if (type === 'VARCHAR') {
    const taken = config.errors === 'text' ? `${kindsFor(type)}e` : kindsFor(type)
    // `free` texts still know which of them mean NULL.
    const value = column.free
      ? sql`CASE WHEN ${content} IS NOT NULL THEN ${trimmed} END`
      : sql`CASE WHEN ${content} IS NOT NULL AND ${among(cell, taken)} THEN ${trimmed} END`
    return { ...base, free: column.free, value }
  }
  if (column.free) return { ...base, free: true, value: sql`CAST(${text} AS ${raw(type)})` }
  const own = kindsFor(type).replace('s', '')
  // Of cells of one kind no question is left but what they say.
  if (kinds.length <= 1 && gone.length === 0) {
    const none = sql`CAST(NULL AS ${raw(type)})`
    const value = kinds === 's' ? readText(trimmed, reading) : own.includes(kinds) ? readText(text, { type }) : none
    return { ...base, free: false, value }
  }
  const value = sql`CASE WHEN ${content} IS NULL THEN NULL WHEN ${cell}[1] = 's' THEN ${readText(trimmed, reading)} WHEN ${among(cell, own)} THEN ${readText(text, { type })} END`
  return { ...base, free: false, value }
}

const among = (cell: Sql, kinds: string): Sql =>
  sql`${cell}[1] IN (${joinSql([...kinds].map((kind) => literal(kind)))})`

/** The column's letters in the row's own sheet. */
function lettersOf(index: number, facts: ExcelFacts): Sql {
  const letters = facts.sources.map((source) => source.places[index]?.letters ?? '')
  const distinct = [...new Set(letters.filter(Boolean))]
  if (distinct.length <= 1) return literal(distinct[0] ?? '')
  return sql`list_extract([${joinSql(letters.map(literal))}], __source)`
}

const isBad = (reading: Reading): Sql => sql`(${reading.value} IS NULL AND ${reading.content} IS NOT NULL)`

const addressOf = (reading: Reading): Sql => sql`concat(${reading.letters}, ${raw(ROW)})`

function reasonOf({ cell, type, kinds }: Reading): Sql {
  const text = sql`substr(${cell}, 2)`
  const usual = sql`concat('"', ${text}, ${`" is not exactly a ${type}`})`
  const cases = [
    ['e', sql`concat(${text}, ' is an error, not a value')`],
    ['f', literal('the formula was never computed')],
    ['x', sql`concat(${text}, ' is formatted as a date, but there is no such day')`],
  ] as const
  const met = cases.filter(([kind]) => kinds.includes(kind))
  if (met.length === 0) return usual
  const whens = joinSql(
    met.map(([kind, reason]) => sql`WHEN ${kind} THEN ${reason}`),
    ' ',
  )
  return sql`CASE ${cell}[1] ${whens} ELSE ${usual} END`
}

function orFail(reading: Reading): Sql {
  if (reading.free) return reading.value
  const place = [FILE, ', ', SHEET, '!', addressOf(reading), ': ']
  const hint =
    'Correct the cell, let such rows go to the port "reject", or give the column another type (VARCHAR takes everything); "errors" says what becomes of #N/A.'
  const fail = failure('excel.bad-value', ['columns', reading.header], [...place, reasonOf(reading), '.'], hint)
  return sql`CAST(CASE WHEN ${isBad(reading)} THEN ${fail} ELSE ${reading.value} END AS ${raw(reading.type)})`
}

const noRejects = raw(
  'SELECT NULL::VARCHAR AS file, NULL::VARCHAR AS sheet, NULL::INTEGER AS "row", NULL::VARCHAR AS cell, NULL::VARCHAR AS "column", NULL::VARCHAR AS reason, NULL::VARCHAR AS raw WHERE FALSE',
)

function rejects(cells: Sql, readings: readonly Reading[], checked: readonly Reading[], bad: Sql): Sql {
  const first = (value: (reading: Reading) => Sql) =>
    sql`CASE ${joinSql(
      checked.map((reading) => sql`WHEN ${isBad(reading)} THEN ${value(reading)}`),
      ' ',
    )} END`
  const reasons = checked.map(
    (reading) => sql`CASE WHEN ${isBad(reading)} THEN concat(${addressOf(reading)}, ': ', ${reasonOf(reading)}) END`,
  )
  const texts = readings.map(({ cell }) => sql`substr(${cell}, 2)`)
  return sql`SELECT ${FILE} AS file, ${SHEET} AS sheet, ${raw(ROW)} AS "row", ${first(addressOf)} AS cell, ${first((reading) => literal(reading.header))} AS "column", array_to_string([${joinSql(reasons)}], '; ') AS reason, CAST(to_json([${joinSql(texts)}]) AS VARCHAR) AS raw FROM ${cells} WHERE ${bad}`
}

/** All sheets as one relation of cells `t0`, `t1`, … in the order of `facts.columns`. */
function cellRelation(facts: ExcelFacts): Sql {
  const parts = facts.sources.map((source, number) => {
    const columns = source.places.map(
      (place, index) => sql`${place ? raw(`c${place.index}`) : raw('NULL::VARCHAR')} AS ${raw(`t${index}`)}`,
    )
    const own = [
      sql`${source.file} AS ${FILE}`,
      sql`${source.sheet} AS ${SHEET}`,
      sql`${number + 1} AS __source`,
      raw(ROW),
    ]
    return sql`SELECT ${joinSql([...columns, ...own])} FROM ${stagedRelation(source.table)}`
  })
  return sql`(${joinSql(parts, ' UNION ALL ')})`
}
