import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userError } from '../../../../shared/errors.ts'
import type { InputFile, PrepareRequest } from '../../contract.ts'
import { identifier, joinSql, literal, raw, sql } from '../../sql.ts'
import { markUsed } from '../clean-project.ts'
import { fileList } from '../input-files.ts'
import { PREVIEW_ROWS, ReadBudget } from '../read-budget.ts'
import { exists, writeError } from '../replace-target.ts'
import { checkSourceColumns, type SourceFacts, sourceFacts } from '../source.ts'
import { removeTemporary, temporaryPath } from '../temporary-names.ts'
import type { RecordConfig } from './config.ts'
import { columnOf, type RecordColumn, type Typing } from './typing.ts'

export interface StagedRecord {
  readonly line: number
  /** Its fields, or why there are none. */
  readonly value?: Record<string, unknown>
  readonly problem?: string
  readonly raw?: string
}

export interface RecordFacts {
  readonly rows: string
  readonly rejects: string
  readonly columns: readonly RecordColumn[]
  readonly bytes: number
  readonly source: SourceFacts
  /** They are those of the first rows: a later one may have another field or another kind of value. */
  readonly partial?: true
}

export const FILE = '__logidata_file'
export const LINE = '__logidata_line'
export const ROW = '__logidata_row'

export interface RecordFormat {
  /** Starts the codes of its errors: `json`. */
  readonly family: string
  /** With `config`, what the rows depend on. */
  readonly key: unknown
  /** Of a format that is slow to read. */
  readonly previewBytes?: number
  readonly typing: () => Typing
  /** Of the fields, where they are known without a record. Asked after `records`. */
  readonly names?: () => readonly string[]
  /** With a budget, the first records, as far as it goes. */
  readonly records: (file: InputFile, budget: ReadBudget | undefined) => AsyncIterable<StagedRecord>
}

const LEAST_LINE_BYTES = 2 ** 20
/** At most, in UTF-8. */
const BYTES_PER_UNIT = 3

/**
 * Brings records into Parquet, once per state of the files and config. Every record is looked at before its type is decided:
 * DuckDB would decide from a sample, round 1.7 to 2 where that said BIGINT, and pass every decimal through a double.
 */
export async function stageRecords(
  request: PrepareRequest<RecordConfig>,
  found: readonly InputFile[],
  format: RecordFormat,
): Promise<RecordFacts> {
  const { family, key, typing: typingOf, records } = format
  const { config, files, session, signal } = request
  const state = found.map((file) => [file.path, file.bytes, file.modified])
  const id = createHash('sha256')
    .update(JSON.stringify([3, state, config, family, key]))
    .digest('hex')
    .slice(0, 32)
  const whole = join(files.staging, `${family}-${id}`)
  const first = `${whole}-first`
  const known = (await readKept(whole)) ?? (request.sampled ? await readKept(first) : undefined)
  if (known) return known
  const budget = request.sampled ? new ReadBudget(format.previewBytes) : undefined
  const typing = typingOf()

  const good = temporaryPath(`${whole}.ndjson`, 'part')
  const bad = temporaryPath(`${whole}-rejects.ndjson`, 'part')
  const made = [good, bad]
  const rows = createWriteStream(good)
  const rejects = createWriteStream(bad)
  /** UTF-16 units of the longest line. */
  let longest = 0
  let taken = 0
  try {
    try {
      for (const file of found) {
        if (budget?.cut) break
        let row = 0
        for await (const record of records(file, budget)) {
          signal.throwIfAborted()
          if (budget && taken++ >= PREVIEW_ROWS) {
            budget.cut = true
            break
          }
          row++
          if (record.value === undefined) {
            const reason = record.problem ?? 'this is no object'
            if (config.on_bad_row === 'fail') throw badRow(family, file.name, record.line, reason)
            const spoilt = { file: file.name, line: record.line, reason, raw: record.raw ?? '' }
            const line = `${JSON.stringify(spoilt)}\n`
            longest = Math.max(longest, line.length)
            if (!rejects.write(line)) await once(rejects, 'drain')
            continue
          }
          typing.observe(record.value)
          const text = typing.serialise({ [FILE]: file.name, [LINE]: record.line, [ROW]: row, ...record.value })
          longest = Math.max(longest, text.length)
          if (!rows.write(`${text}\n`)) await once(rows, 'drain')
        }
      }
    } finally {
      await Promise.all([rows, rejects].map((stream) => new Promise((done) => stream.end(done))))
    }
    const partial = budget?.cut === true
    const observed = typing.names()
    const met = observed.length > 0 ? observed : (format.names?.() ?? [])
    // What was begun holds nothing yet: only the whole says what is wrong with it.
    if (partial && met.length === 0) return await stageRecords({ ...request, sampled: false }, found, format)
    const given = Object.keys(config.columns ?? {})
    // Of files without a row, the columns are those that a person gave; beyond the first rows there may be more of them.
    const names = distinctNames(met.length === 0 ? given : partial ? [...new Set([...met, ...given])] : met)
    const { facts, kept } = placesOf(partial ? first : whole)
    if (names.length === 0) {
      throw userError(`${family}.empty`, `There is no record with a field in ${config.path}.`, {
        hint: 'Check the path, and where the rows are inside the file; if it may be empty, name its columns and their types in “Columns”.',
        field: ['path'],
      })
    }
    const columns = names.map((name) => columnOf(name, typing, config))
    for (const { name, staged } of columns) if (/\bU?HUGEINT\b/i.test(staged)) throw noPlace(family, name, staged)
    const source = sourceFacts(config, found)
    checkSourceColumns(
      config,
      source,
      names.map((name) => config.columns?.[name]?.name ?? name),
    )
    for (const name of Object.keys(config.columns ?? {})) {
      if (names.includes(name)) continue
      throw userError('column.missing', `There is no field ${name} in ${config.path}.`, {
        hint: `Its fields are ${names.slice(0, 30).join(', ')}.`,
        field: ['columns', name],
      })
    }
    // Each thread that reads holds several times this, whatever the lines are.
    const lineBytes = raw(String(Math.max(LEAST_LINE_BYTES, longest * BYTES_PER_UNIT + 1024)))
    const read = (path: string, given: readonly { name: string; staged: string }[]) =>
      sql`SELECT * FROM read_json(${fileList([{ path }])}, format = 'newline_delimited', maximum_object_size = ${lineBytes}, columns = {${joinSql(
        given.map(({ name, staged }) => sql`${identifier(name)}: ${literal(staged)}`),
      )}})`
    const own = [
      { name: FILE, staged: 'VARCHAR' },
      { name: LINE, staged: 'BIGINT' },
      { name: ROW, staged: 'BIGINT' },
    ]
    const rejected = ['file', 'reason', 'raw'].map((name) => ({ name, staged: 'VARCHAR' }))
    for (const [query, path] of [
      [read(good, [...own, ...columns]), facts.rows],
      [read(bad, [...rejected, { name: 'line', staged: 'BIGINT' }]), facts.rejects],
    ] as const) {
      const temporary = temporaryPath(path, 'new')
      made.push(temporary)
      await session.execute(sql`COPY (${query}) TO ${temporary} (FORMAT parquet, COMPRESSION zstd)`)
      await rename(temporary, path)
    }
    const bytes = found.reduce((sum, file) => sum + file.bytes, 0)
    const complete: RecordFacts = { ...facts, columns, bytes, source, ...(partial ? { partial } : {}) }
    const temporary = temporaryPath(kept, 'new')
    made.push(temporary)
    await writeFile(temporary, JSON.stringify(complete))
    await rename(temporary, kept)
    return complete
  } catch (error) {
    throw writeError('the staging folder', error)
  } finally {
    for (const path of made) await removeTemporary(path)
  }
}

const placesOf = (start: string) => ({
  facts: { rows: `${start}.parquet`, rejects: `${start}-rejects.parquet` },
  kept: `${start}.facts.json`,
})

async function readKept(start: string): Promise<RecordFacts | undefined> {
  const { facts, kept } = placesOf(start)
  for (const path of [kept, facts.rows, facts.rejects]) if (!(await exists(path))) return undefined
  await markUsed(facts.rows, facts.rejects, kept)
  return JSON.parse(await readFile(kept, 'utf8')) as RecordFacts
}

/** The config with the types that were found written into it. */
export function spellOut(config: RecordConfig, facts: RecordFacts): Record<string, unknown> {
  const columns = facts.columns.map(({ name, type, format }) => [
    name,
    { ...config.columns?.[name], type, ...(format ? { format } : {}) },
  ])
  return { ...config, columns: Object.fromEntries(columns) }
}

/** Rows are staged as Parquet, where DuckDB would write doubles for these. */
const noPlace = (family: string, name: string, type: string) =>
  userError(`${family}.type`, `Field ${name} cannot be read as ${type} without losing digits.`, {
    hint: 'Write DECIMAL(38,0) in place of HUGEINT.',
    field: ['columns', name, 'type'],
  })

export const badRow = (family: string, file: string, line: number, reason: string) =>
  userError(`${family}.bad-row`, `${file}, line ${line}: ${reason}.`, {
    hint: 'Correct the file, or let such rows go to the port "reject".',
    field: ['on_bad_row'],
  })

/** DuckDB's names do not tell cases apart: of `id` and `ID` the second is refused. */
function distinctNames(names: readonly string[]): readonly string[] {
  const seen = new Map<string, string>()
  for (const name of names) {
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined) {
      throw userError('column.duplicate', `The fields ${twin} and ${name} differ in case only.`, { field: ['path'] })
    }
    seen.set(name.toLowerCase(), name)
  }
  return names
}
