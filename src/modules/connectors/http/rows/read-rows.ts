import { once } from 'node:events'
import { z } from 'zod'
import type { Column } from '../../../../shared/engine/types.ts'
import { userError } from '../../../../shared/errors.ts'
import type { Discovered, ReadRequest, ReadResult } from '../../../kit/contract.ts'
import { failure } from '../../../kit/failure.ts'
import { serialise } from '../../../kit/files/json/shape.ts'
import { readText } from '../../../kit/files/read-text.ts'
import { columnOf, jsonTyping, textTyping } from '../../../kit/files/records/typing.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../../kit/sql.ts'
import type { RowConfig } from '../../../kit/web-rows.ts'
import { textPipe } from '../../kit/text-pipe.ts'
import { textOf, typeOf, unfit } from './fit.ts'
import { laterOf, type Mark, markOf } from './mark.ts'
import type { Page } from './pages.ts'
import type { Row } from './parse.ts'
import { valueAt } from './paths.ts'

const factsSchema = z.object({
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      staged: z.string(),
      format: z.string().optional(),
      decimalSeparator: z.string().optional(),
      thousandsSeparator: z.string().optional(),
    }),
  ),
})
type Facts = z.infer<typeof factsSchema>

const REJECTED: readonly Column[] = [
  { name: 'row', type: 'BIGINT' },
  { name: 'column', type: 'VARCHAR' },
  { name: 'reason', type: 'VARCHAR' },
  { name: 'raw', type: 'VARCHAR' },
]
/** Pages that decide the types, at most: asking costs the API. */
const SAMPLE_PAGES = 20
const LONGEST_ROW = 4_000_000

/** Decides columns from the first rows. @throws LogiDataError */
export async function discoverRows(pages: AsyncIterable<Page>, config: RowConfig): Promise<Discovered> {
  let typing: ReturnType<typeof jsonTyping> | undefined
  let [rows, count] = [0, 0]
  for await (const page of pages) {
    typing ??=
      page.format === 'json' || page.format === 'ndjson'
        ? jsonTyping(config.max_depth)
        : textTyping(config.max_depth, true)
    for (const row of page.rows) typing.observe(row)
    rows += page.rows.length
    if (rows >= config.sample_rows || ++count >= SAMPLE_PAGES) break
  }
  const met = typing?.names() ?? []
  const given = Object.keys(config.columns ?? {})
  // What a person names may be in later rows only.
  const names = [...met, ...given.filter((name) => !met.includes(name))]
  if (names.length === 0)
    throw userError('http.no-rows', 'The API gave no row, so that nothing is known of its columns.', {
      field: ['columns'],
      hint: 'Check the path to the rows; if there may be none, name the columns and their types in “Columns”.',
    })
  const known = typing ?? jsonTyping(config.max_depth)
  const columns = names.map((name) => columnOf(name, known, config))
  const facts = { columns: columns.map(({ note: _note, examples: _examples, ...column }) => column) }
  return {
    columns: columns.map(({ name, type }) => ({ name: config.columns?.[name]?.name ?? name, type })),
    rejected: REJECTED,
    facts,
  }
}

/** Moves the rows of all pages into the sink, one page in memory at a time. @throws LogiDataError */
export async function readRows(
  pages: AsyncIterable<Page>,
  {
    discovered,
    sink,
    limit,
    signal,
    state,
  }: Pick<ReadRequest<unknown>, 'discovered' | 'sink' | 'limit' | 'signal' | 'state'>,
  config: RowConfig,
  belongsTo: string,
): Promise<ReadResult> {
  const { columns } = factsSchema.parse(discovered.facts)
  const checks = new Map(columns.map((column) => [column.name, checkOf(column)]))
  const { incremental } = config
  let mark: Mark | undefined = state === undefined ? undefined : markOf(state, belongsTo)
  let number = 0
  let taken = 0
  await textPipe({
    sink,
    ending: '.json',
    select: (path) => selectOf(path, columns),
    signal,
    fill: async (to, ending) => {
      for await (const page of pages) {
        const lines: string[] = []
        for (const row of page.rows) {
          if (limit !== undefined && taken >= limit) break
          number++
          if (incremental?.from === 'column') mark = laterOf(mark, textOf(row[incremental.name]), belongsTo)
          const problem = problemOf(row, checks, config)
          const line = serialise(row)
          const tooLong =
            line.length > LONGEST_ROW ? { column: null, reason: 'it is longer than 4 million characters' } : undefined
          const bad = problem ?? tooLong
          if (!bad) {
            lines.push(line)
            taken++
          } else if (config.on_bad_row === 'fail') throw badRow(number, bad)
          else await sink.reject([[BigInt(number), bad.column, bad.reason, line]])
        }
        if (lines.length > 0 && !to.write(`${lines.join('\n')}\n`)) await once(to, 'drain', { signal: ending })
        if (incremental && incremental.from !== 'column') mark = markOfAnswer(page, incremental, belongsTo) ?? mark
        if (limit !== undefined && taken >= limit) break
      }
    },
  })
  return incremental && mark ? { state: { ...mark } } : {}
}

function markOfAnswer(
  { answer, value }: Page,
  { from, name }: NonNullable<RowConfig['incremental']>,
  of: string,
): Mark | undefined {
  const header = answer.headers[name.toLowerCase()]
  const found = from === 'header' ? (Array.isArray(header) ? header[0] : header) : textOf(valueAt(value, name) ?? {})
  return found === undefined || found === '' ? undefined : { of, value: found }
}

interface Problem {
  readonly column: string | null
  readonly reason: string
}

function problemOf(
  row: Row,
  checks: ReadonlyMap<string, (value: unknown) => string | undefined>,
  config: RowConfig,
): Problem | undefined {
  for (const [name, value] of Object.entries(row)) {
    if (value === null) continue
    const check = checks.get(name)
    if (!check) {
      if (config.new_fields === 'ignore') continue
      return { column: name, reason: `there is a field ${name} that the sample did not have` }
    }
    const reason = check(value)
    if (reason !== undefined) return { column: name, reason }
  }
  return undefined
}

function checkOf({ type, staged, format, decimalSeparator, thousandsSeparator }: Facts['columns'][number]) {
  // Dates and numbers in a person's own writing are read, and checked, by the query.
  const own = staged !== type && (format ?? decimalSeparator ?? thousandsSeparator) !== undefined
  const parsed = typeOf(own ? 'VARCHAR' : type)
  return (value: unknown) => {
    // An empty text is nothing, where anything but a text is read from texts.
    if (staged !== type && value === '') return undefined
    const reason = unfit(value, parsed)
    return reason?.endsWith('is not exactly one') ? `${reason.slice(0, -' one'.length)} a ${type}` : reason
  }
}

const badRow = (number: number, { column, reason }: Problem) =>
  userError('http.bad-row', `Row ${number}${column === null ? '' : `, field ${column}`}: ${reason}.`, {
    field: column === null ? ['on_bad_row'] : ['columns', column],
    hint: 'Give the column a wider type under “Columns”, decide the types from more rows, or let such rows go to the port "reject".',
  })

function selectOf(path: string, columns: readonly Facts['columns'][number][]): Sql {
  const staged = joinSql(columns.map((column) => sql`${identifier(column.name)}: ${literal(column.staged)}`))
  return sql`SELECT ${joinSql(columns.map(columnValue))} FROM read_json(${path}, format = 'newline_delimited', maximum_object_size = 16777216, columns = {${staged}})`
}

function columnValue(column: Facts['columns'][number]): Sql {
  const { name, type, staged } = column
  const written = identifier(name)
  if (staged === type) return written
  if (type === 'VARCHAR') return written
  const content = sql`nullif(trim(${written}), '')`
  const value = readText(content, { ...column, leadingZeros: true })
  const fail = failure('http.bad-row', ['columns', name], [`Field ${name}: "`, written, `" is not exactly a ${type}.`])
  return sql`CAST(CASE WHEN ${content} IS NOT NULL AND ${value} IS NULL THEN ${fail} ELSE ${value} END AS ${raw(type)})`
}
