import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest } from '../../kit/contract.ts'
import { markUsed } from '../../kit/files/clean-project.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { type Dialect, RecordSplitter } from '../../kit/files/record-splitter.ts'
import { exists, writeError } from '../../kit/files/replace-target.ts'
import { removeTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'
import { readText } from '../../kit/files/text-stream.ts'
import { identifier, joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import type { CsvConfig } from './descriptor.ts'
import { type CsvFile, LINE, ROW } from './facts.ts'
import { structuralProblem } from './problems.ts'

/**
 * Rewrites a file as Parquet of texts with the line of every row, and the rows that have no columns to be put into (ragged,
 * a quote never closed) as a second one. Both are named by what they depend on and made once.
 */
export async function stageFile(
  file: CsvFile,
  source: InputFile,
  request: PrepareRequest<CsvConfig>,
): Promise<NonNullable<CsvFile['staged']>> {
  const { config, files, session, signal } = request
  const { encoding, on_invalid_bytes, null_values } = config
  const { dialect, header, columns, compression } = file
  const key = [
    3,
    source.path,
    source.bytes,
    source.modified,
    dialect,
    header,
    columns,
    compression,
    encoding,
    on_invalid_bytes,
    null_values,
  ]
  const id = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)
  const staged = {
    rows: join(files.staging, `csv-${id}.parquet`),
    rejects: join(files.staging, `csv-${id}-rejects.parquet`),
  }
  if ((await exists(staged.rows)) && (await exists(staged.rejects))) {
    await markUsed(staged.rows, staged.rejects)
    return staged
  }

  const temporaries: string[] = []
  const temporary = (name: string) => {
    const path = temporaryPath(name, 'part')
    temporaries.push(path)
    return path
  }
  const good = temporary(`${staged.rows}.csv`)
  const bad = temporary(`${staged.rejects}.csv`)
  try {
    await split(file, config, good, bad, signal)
    const names = columns.map((_, index) => `c${index}`)
    const rows = sql`SELECT * FROM read_csv(${joinSql([fileList([{ path: good }]), ...readOptions([LINE, ROW, ...names], dialect, null_values)])})`
    const plain = { ...dialect, delimiter: ',', quote: '"', escape: '"' }
    const rejected = sql`SELECT file, CAST(line AS BIGINT) AS line, reason, raw FROM read_csv(${joinSql([
      fileList([{ path: bad }]),
      ...readOptions(['file', 'line', 'reason', 'raw'], plain, ['']),
    ])})`
    const typed = sql`SELECT * REPLACE (${joinSql([LINE, ROW].map((name) => sql`CAST(${identifier(name)} AS BIGINT) AS ${identifier(name)}`))}) FROM (${rows})`
    for (const [query, path] of [
      [typed, staged.rows],
      [rejected, staged.rejects],
    ] as const) {
      const to = temporary(path)
      await session.execute(sql`COPY (${query}) TO ${to} (FORMAT parquet, COMPRESSION zstd)`)
      await rename(to, path)
    }
    return staged
  } catch (error) {
    throw writeError('the staging folder', error)
  } finally {
    for (const path of temporaries) await removeTemporary(path)
  }
}

/** The options of `read_csv` for columns of text, with nothing left to detection. */
export function readOptions(
  names: readonly string[],
  dialect: Dialect,
  nullValues: readonly string[],
  newline = '\\n',
): Sql[] {
  const columns = joinSql(names.map((name) => sql`${identifier(name)}: 'VARCHAR'`))
  return [
    sql`auto_detect = FALSE`,
    sql`header = FALSE`,
    sql`columns = {${columns}}`,
    sql`delim = ${dialect.delimiter}`,
    sql`quote = ${dialect.quote}`,
    sql`escape = ${dialect.quote === '' ? '' : dialect.escape}`,
    sql`nullstr = [${joinSql((nullValues.length > 0 ? nullValues : ['\u0001']).map((value) => literal(value)))}]`,
    sql`allow_quoted_nulls = FALSE`,
    // Left to detection, a line break inside quotes may be taken for the kind that ends rows.
    sql`new_line = ${newline}`,
    sql`max_line_size = 16000000`,
    // Else a buffer is as long as sixteen such lines: two files read at once would not fit into what previews have.
    sql`buffer_size = 32000000`,
  ]
}

async function split(file: CsvFile, config: CsvConfig, good: string, bad: string, signal: AbortSignal): Promise<void> {
  const { dialect } = file
  const splitter = new RecordSplitter(dialect)
  const rows = createWriteStream(good)
  const rejects = createWriteStream(bad)
  let header = file.header
  let row = 0
  const take = async (text: string, last: boolean) => {
    let lines = ''
    let spoilt = ''
    for (const record of splitter.push(text, last)) {
      if (record.text === '' && (file.columns.length > 1 || header)) continue
      if (header) {
        header = false
        continue
      }
      row++
      const reason = structuralProblem(record, file.columns.length)
      if (reason === undefined) lines += `${record.line}${dialect.delimiter}${row}${dialect.delimiter}${record.text}\n`
      else spoilt += `${[file.name, String(record.line), reason, record.text].map(quoted).join(',')}\n`
    }
    await write(rows, lines)
    await write(rejects, spoilt)
  }
  try {
    const options = {
      compression: file.compression,
      encoding: config.encoding,
      invalid: config.on_invalid_bytes,
      signal,
    }
    for await (const piece of readText(file, options)) {
      if (piece.includes('\0')) {
        throw userError('csv.not-text', `${file.name} holds NUL characters: it is no text, or in another encoding.`, {
          hint: 'Set "encoding", for example utf-16le.',
          field: ['encoding'],
        })
      }
      await take(piece, false)
    }
    await take('', true)
  } finally {
    await Promise.all([rows, rejects].map((stream) => new Promise((done) => stream.end(done))))
  }
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (stream.errored) throw stream.errored
  if (text !== '' && !stream.write(text)) await once(stream, 'drain')
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
