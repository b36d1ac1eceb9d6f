import { createHash } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Column } from '../../../shared/engine/types.ts'
import type { CellValue, InputFile, ParquetWriter, PrepareRequest } from '../contract.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../sql.ts'
import { markUsed } from './clean-project.ts'
import { fileList } from './input-files.ts'
import { exists, writeError } from './replace-target.ts'
import { releaseTemporary, removeTemporary, temporaryPath } from './temporary-names.ts'

/** A table of staged rows: Parquet files, which are to be read in this order. */
export interface StagedTable {
  readonly columns: readonly Column[]
  readonly files: readonly string[]
  readonly rows: number
}

export interface Staged<Facts> {
  readonly facts: Facts
  readonly tables: Readonly<Record<string, StagedTable>>
}

export interface StageWriter {
  /** For values that are ready. Batches of any size; a few thousand rows serve best. */
  write(rows: readonly (readonly CellValue[])[]): Promise<void>
}

/**
 * The two things that a module which brings rows by code (XML, a spreadsheet, another database's file) does in `prepare`:
 *
 * ```ts
 * const { facts, tables } = await stage(request, 'xml', { files: fingerprintOf(found), config }, async (table) => {
 *   const rows = await table('rows', [{ name: 'id', type: 'BIGINT' }, { name: 'at', type: 'TIMESTAMP' }])
 *   for await (const batch of read(found)) await rows.write(batch) // [[1n, '2024-01-05 10:00:00'], …]; see CellValue
 *   return { bytes: 123 } // whatever compile needs, as JSON
 * })
 * ```
 *
 * and in `compile`, `SELECT … FROM ${stagedRelation(tables.rows)}`. The rows keep their order.
 *
 * Everything is named by the hash of `key`: put into it all that the result depends on (a version of the code, the state of the
 * files, the config). What was staged under the same key is used again and `produce` not called. Files get their names only when
 * they are whole, and the last one says which belong together: after a crash or an abort there is nothing, and nothing half.
 * Memory stays bounded (a file every 250,000 rows or 64 MB of texts). What is not used for long is removed by `cleanStaging`.
 *
 * @param name lower-case letters; begins the names of the files
 * @throws LogiDataError what `produce` throws; `disk.full`; `data.invalid` for a text that is not of its column's type
 */
export async function stage<Facts>(
  request: Pick<PrepareRequest<unknown>, 'files' | 'session' | 'signal'>,
  name: string,
  key: unknown,
  produce: (table: (name: string, columns: readonly Column[]) => Promise<StageWriter>) => Promise<Facts>,
): Promise<Staged<Facts>> {
  const { files, session, signal } = request
  const id = createHash('sha256')
    .update(JSON.stringify([1, key]))
    .digest('hex')
    .slice(0, 32)
  const at = (suffix: string) => join(files.staging, `${name}-${id}${suffix}`)
  const index = at('.staged.json')
  const kept = await readKept<Facts>(index)
  if (kept) return kept

  const tables = new Map<string, TableWriter>()
  try {
    const facts = await produce(async (table, columns) => {
      if (tables.has(table)) throw new TypeError(`the table ${table} is staged twice`)
      const writer = new TableWriter(
        await session.writer(columns),
        columns,
        (part) => at(`-${table}-${part}.parquet`),
        signal,
      )
      tables.set(table, writer)
      return writer
    })
    signal.throwIfAborted()
    const done: [string, StagedTable][] = []
    for (const [table, writer] of tables) done.push([table, await writer.finish()])
    const staged: Staged<Facts> = { facts, tables: Object.fromEntries(done) }
    await publish(index, JSON.stringify(staged))
    return staged
  } catch (error) {
    throw writeError('the staging folder', error)
  } finally {
    for (const writer of tables.values()) await writer.close()
  }
}

/** A staged table, to stand after FROM. */
export function stagedRelation(table: StagedTable, columns: readonly string[] = []): Sql {
  const list = columns.length === 0 ? raw('*') : joinSql(columns.map((name) => identifier(name)))
  return sql`(SELECT ${list} FROM read_parquet(${fileList(table.files.map((path) => ({ path })))}))`
}

/** What a result depends on of its files, for the key of `stage`. Paths count, since staged rows may hold file names. */
export const stateOf = (files: readonly InputFile[]): unknown =>
  files.map((file) => [file.path, file.name, file.bytes, file.modified])

async function readKept<Facts>(index: string): Promise<Staged<Facts> | undefined> {
  const text = await readFile(index, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  let kept: Staged<Facts>
  try {
    kept = JSON.parse(text)
  } catch {
    return undefined
  }
  const files = Object.values(kept.tables).flatMap((table) => table.files)
  for (const file of files) if (!(await exists(file))) return undefined
  await markUsed(index, ...files)
  return kept
}

async function publish(path: string, content: string): Promise<void> {
  const temporary = temporaryPath(path, 'new')
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
    releaseTemporary(temporary)
  } finally {
    await removeTemporary(temporary)
  }
}

const MOST_ROWS = 250_000
const MOST_CHARACTERS = 64_000_000

/** Rows of one table into Parquet files, a new one every so many rows or characters. */
export class TableWriter implements StageWriter {
  readonly #writer: ParquetWriter
  readonly #columns: readonly Column[]
  readonly #pathOf: (part: number) => string
  readonly #signal: AbortSignal
  readonly #files: string[] = []
  #rows = 0
  #characters = 0

  constructor(
    writer: ParquetWriter,
    columns: readonly Column[],
    pathOf: (part: number) => string,
    signal: AbortSignal,
  ) {
    this.#writer = writer
    this.#columns = columns
    this.#pathOf = pathOf
    this.#signal = signal
  }

  async write(rows: readonly (readonly CellValue[])[]): Promise<void> {
    this.#signal.throwIfAborted()
    this.#writer.append(rows)
    this.#rows += rows.length
    for (const row of rows)
      for (const value of row)
        if (typeof value === 'string' || value instanceof Uint8Array) this.#characters += value.length
    if (this.#writer.rows >= MOST_ROWS || this.#characters >= MOST_CHARACTERS) await this.#save()
  }

  async finish(): Promise<StagedTable> {
    if (this.#writer.rows > 0 || this.#files.length === 0) await this.#save()
    return { columns: this.#columns, files: this.#files, rows: this.#rows }
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  async #save(): Promise<void> {
    const path = this.#pathOf(this.#files.length)
    const temporary = temporaryPath(path, 'new')
    try {
      await this.#writer.save(temporary)
      await rename(temporary, path)
      releaseTemporary(temporary)
    } finally {
      await removeTemporary(temporary)
    }
    this.#files.push(path)
    this.#characters = 0
  }
}
