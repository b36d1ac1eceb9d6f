import type { CompiledPorts } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { canonicalType } from '../../kit/files/column-type.ts'
import { fileList, fileNameOf } from '../../kit/files/input-files.ts'
import { isPlain, readText, type TextReading } from '../../kit/files/read-text.ts'
import { sourceColumns, wantsFile } from '../../kit/files/source.ts'
import { requireTextType } from '../../kit/files/text-type.ts'
import { nameKey } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import type { CsvConfig } from './descriptor.ts'
import { type CsvColumnFacts, type CsvFacts, type CsvFile, FILE, LINE, ROW } from './facts.ts'
import { readOptions } from './stage.ts'

interface Reading {
  readonly facts: CsvColumnFacts
  /** As the rest of the pipeline sees it. */
  readonly name: string
  readonly type: string
  /** The text in the relation of texts, what is left of it to be read, and the value read from that. */
  readonly text: Sql
  readonly trimmed: Sql
  readonly value: Sql
  /** Where the text's own cast, done once, mostly is the value already: when, and its column. */
  readonly plain?: { readonly when: Sql; readonly cast: Sql }
  /** Every text is a value. */
  readonly free: boolean
}

export function compileCsv(config: CsvConfig, facts: CsvFacts): CompiledPorts {
  const readings = facts.columns.map((column, index) => readingOf(column, index, config))
  // Cast in a query of its own: within CASE, DuckDB computes an expression anew each time it is named.
  const casts = readings.flatMap(({ plain, text, type }) =>
    plain ? [sql`TRY_CAST(${text} AS ${raw(type)}) AS ${plain.cast}`] : [],
  )
  const texts = sql`SELECT ${joinSql([raw('*'), ...casts])} FROM (${textRelation(config, facts)})`
  const named = sourceColumns(config, facts.source, identifier(FILE), identifier(ROW))
  if (config.on_bad_row === 'fail') {
    const columns = readings.map((reading) => sql`${orFail(reading, facts)} AS ${identifier(reading.name)}`)
    return { out: sql`SELECT ${joinSql([...columns, ...named])} FROM (${texts})`, reject: noRejects() }
  }
  const checked = readings.filter((reading) => !reading.free)
  const out = readings.map(
    (reading) => sql`CAST(${shortly(reading, reading.value)} AS ${raw(reading.type)}) AS ${identifier(reading.name)}`,
  )
  const good = joinSql([raw('TRUE'), ...checked.map((reading) => sql`NOT ${isBad(reading)}`)], ' AND ')
  const rows = sql`SELECT ${joinSql([...out, ...named])} FROM (${texts}) WHERE ${good}`
  return { out: rows, reject: rejects(config, facts, texts, readings, checked, good) }
}

function readingOf(facts: CsvColumnFacts, index: number, config: CsvConfig): Reading {
  const given = config.columns?.[facts.name]
  const type = canonicalType(facts.type)
  if (given?.type !== undefined) requireTextType(facts.name, given.type, ['columns', facts.name, 'type'])
  const text = identifier(`t${index}`)
  if (type === 'VARCHAR') {
    const value = config.trim ? sql`trim(${text})` : text
    return { facts, name: given?.name ?? facts.name, type, text, trimmed: text, value, free: true }
  }
  // Quoted or not, nothing between the delimiters is no number and no date: it is NULL.
  const nulls = config.null_values.filter((value) => value !== '')
  const nullTexts = joinSql(nulls.map((value) => sql`${value}`))
  const trimmed =
    nulls.length === 0
      ? sql`nullif(trim(${text}), '')`
      : sql`CASE WHEN trim(${text}) NOT IN ('', ${nullTexts}) THEN trim(${text}) END`
  const reading: TextReading = {
    type,
    decimalSeparator: facts.decimalSeparator,
    thousandsSeparator: facts.thousandsSeparator,
    format: facts.format,
    leadingZeros: given?.leading_zeros,
  }
  const cast = identifier(`v${index}`)
  const plain = isPlain(text, cast, reading)
  const when = plain && nulls.length > 0 ? sql`${plain} AND ${text} NOT IN (${nullTexts})` : plain
  return {
    facts,
    name: given?.name ?? facts.name,
    type,
    text,
    trimmed,
    value: readText(trimmed, reading),
    ...(when ? { plain: { when, cast } } : {}),
    free: false,
  }
}

/** The short way where there is one; the other is computed for the rest of the rows alone. */
const shortly = ({ plain }: Reading, otherwise: Sql): Sql =>
  plain ? sql`CASE WHEN ${plain.when} THEN ${plain.cast} ELSE ${otherwise} END` : otherwise

const isBad = (reading: Reading): Sql =>
  sql`(${shortly(reading, reading.value)} IS NULL AND ${reading.trimmed} IS NOT NULL)`

function orFail(reading: Reading, facts: CsvFacts): Sql {
  const { value, type, trimmed } = reading
  if (reading.free) return value
  const single = facts.files.length === 1 ? facts.files[0] : undefined
  const place: (string | Sql)[] = single ? [single.name] : [identifier(FILE)]
  if (facts.files.every((file) => file.staged)) place.push(', line ', sql`CAST(${identifier(LINE)} AS VARCHAR)`)
  const message = [...place, `, column ${reading.facts.name}: "`, trimmed, `" is not exactly a ${type}.`]
  const fail = failure('csv.bad-value', ['columns', reading.facts.name], message, hintFor(reading))
  const careful = sql`CASE WHEN ${trimmed} IS NOT NULL THEN CAST(coalesce(${value}, ${fail}) AS ${raw(type)}) END`
  return sql`CAST(${shortly(reading, careful)} AS ${raw(type)})`
}

function hintFor({ type, facts }: Reading): string {
  const wider = 'let such rows go to the port "reject", or give the column another type'
  if (/^(DATE|TIMESTAMP)/.test(type)) {
    return `It was read ${facts.format ? `as ${facts.format}` : 'as year-month-day'}: set the column’s date format, ${wider}.`
  }
  return `Correct the file, ${wider} (VARCHAR takes everything).`
}

const noRejects = (): Sql =>
  sql`SELECT NULL::VARCHAR AS file, NULL::BIGINT AS line, NULL::VARCHAR AS "column", NULL::VARCHAR AS reason, NULL::VARCHAR AS raw WHERE FALSE`

function rejects(
  config: CsvConfig,
  facts: CsvFacts,
  texts: Sql,
  readings: readonly Reading[],
  checked: readonly Reading[],
  good: Sql,
): Sql {
  const structural = facts.files.flatMap((file) =>
    file.staged
      ? [
          sql`SELECT file, line, NULL::VARCHAR AS "column", reason, raw FROM read_parquet(${fileList([{ path: file.staged.rejects }])})`,
        ]
      : [],
  )
  const parts = [...structural]
  if (checked.length > 0) {
    const column = checked.map((reading) => sql`WHEN ${isBad(reading)} THEN ${reading.facts.name}`)
    const reasons = checked.map(
      (reading) =>
        sql`CASE WHEN ${isBad(reading)} THEN concat(${`${reading.facts.name}: "`}, ${reading.trimmed}, ${`" is not exactly a ${reading.type}`}) END`,
    )
    const delimiter = config.delimiter ?? facts.files[0]?.dialect.delimiter ?? ','
    const quote = facts.files[0]?.dialect.quote || '"'
    const raws = readings.map(
      ({ text }) =>
        sql`CASE WHEN ${text} IS NULL THEN '' WHEN ${text} = '' OR contains(${text}, ${delimiter}) OR contains(${text}, ${quote}) OR contains(${text}, chr(10)) THEN concat(${quote}, replace(${text}, ${quote}, ${quote + quote}), ${quote}) ELSE ${text} END`,
    )
    parts.push(
      sql`SELECT ${identifier(FILE)} AS file, ${identifier(LINE)} AS line, CASE ${joinSql(column, ' ')} END AS "column", array_to_string([${joinSql(reasons)}], '; ') AS reason, array_to_string([${joinSql(raws)}], ${delimiter}) AS raw FROM (${texts}) WHERE NOT (${good})`,
    )
  }
  return parts.length > 0 ? sql`${joinSql(parts, ' UNION ALL ')}` : noRejects()
}

/** All files as one relation of texts `t0`, `t1`, … (in the order of `facts.columns`), put together by name. */
function textRelation(config: CsvConfig, facts: CsvFacts): Sql {
  const groups = new Map<string, CsvFile[]>()
  for (const file of facts.files) {
    const key = file.staged
      ? file.staged.rows
      : JSON.stringify([file.columns, file.dialect, file.header, file.newline, file.compression])
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  const withFile = wantsFile(config, facts.source) || facts.files.length > 1 || config.on_bad_row === 'reject'
  const wantsLine = facts.files.every((file) => file.staged)
  const parts = [...groups.values()].map((files) => {
    const [first] = files
    if (!first) return noRejects()
    const columns = facts.columns.map(({ name }, index) => {
      const position = first.columns.findIndex((other) => nameKey(other) === nameKey(name))
      return sql`${position === -1 ? raw('NULL::VARCHAR') : identifier(`c${position}`)} AS ${identifier(`t${index}`)}`
    })
    if (first.staged) {
      if (withFile) columns.push(sql`${first.name} AS ${identifier(FILE)}`)
      if (wantsLine) columns.push(identifier(LINE))
      if (config.row_number_column) columns.push(identifier(ROW))
      return sql`SELECT ${joinSql(columns)} FROM read_parquet(${fileList([{ path: first.staged.rows }])})`
    }
    const { dialect } = first
    const options = readOptions(
      first.columns.map((_, index) => `c${index}`),
      dialect,
      config.null_values,
      first.newline,
    )
    const more = [
      ...options.filter((option) => !option.text.startsWith('header')),
      sql`header = ${first.header}`,
      sql`skip = ${dialect.skip}`,
      sql`compression = ${first.compression}`,
      ...(withFile ? [sql`filename = ${FILE}`] : []),
    ]
    if (withFile) columns.push(sql`${fileNameOf(identifier(FILE), files)} AS ${identifier(FILE)}`)
    return sql`SELECT ${joinSql(columns)} FROM read_csv(${joinSql([fileList(files), ...more])})`
  })
  return joinSql(parts, ' UNION ALL ')
}
