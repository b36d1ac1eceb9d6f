import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userError } from '../../../../shared/errors.ts'
import type { InputFile, PrepareRequest } from '../../contract.ts'
import { identifier, joinSql, literal, sql } from '../../sql.ts'
import { markUsed } from '../clean-project.ts'
import { canonicalType } from '../column-type.ts'
import { fileList } from '../input-files.ts'
import { exists, writeError } from '../replace-target.ts'
import { removeTemporary, temporaryPath } from '../temporary-names.ts'
import type { JsonConfig } from './config.ts'
import { newShape, observe, serialise, typeOfShape } from './shape.ts'

export interface JsonRecord {
  readonly line: number
  /** An object, or why there is none. */
  readonly value?: Record<string, unknown>
  readonly problem?: string
  readonly raw?: string
}

export interface JsonFacts {
  readonly rows: string
  readonly rejects: string
  readonly columns: readonly { readonly name: string; readonly type: string; readonly staged: string }[]
  readonly bytes: number
}

export const FILE = '__logidata_file'
export const LINE = '__logidata_line'

/**
 * Brings JSON into Parquet, once per state of the files and config. Every record is looked at before its type is decided:
 * DuckDB would decide from a sample, round 1.7 to 2 where that said BIGINT, and pass every decimal through a double.
 */
export async function stageJson(
  request: PrepareRequest<JsonConfig>,
  found: readonly InputFile[],
  key: unknown,
  records: (file: InputFile) => AsyncIterable<JsonRecord>,
): Promise<JsonFacts> {
  const { config, files, session, signal } = request
  const state = found.map((file) => [file.path, file.bytes, file.modified])
  const id = createHash('sha256')
    .update(JSON.stringify([1, state, config, key]))
    .digest('hex')
    .slice(0, 32)
  const at = (suffix: string) => join(files.staging, `json-${id}${suffix}`)
  const kept = at('.facts.json')
  const facts = { rows: at('.parquet'), rejects: at('-rejects.parquet') }
  if ((await exists(kept)) && (await exists(facts.rows)) && (await exists(facts.rejects))) {
    await markUsed(facts.rows, facts.rejects, kept)
    return JSON.parse(await readFile(kept, 'utf8')) as JsonFacts
  }

  const good = temporaryPath(at('.ndjson'), 'part')
  const bad = temporaryPath(at('-rejects.ndjson'), 'part')
  const made = [good, bad]
  const root = newShape()
  const rows = createWriteStream(good)
  const rejects = createWriteStream(bad)
  try {
    try {
      for (const file of found) {
        for await (const record of records(file)) {
          signal.throwIfAborted()
          if (record.value === undefined) {
            const reason = record.problem ?? 'this is no object'
            if (config.on_bad_row === 'fail') throw badRow(file.name, record.line, reason)
            rejects.write(`${JSON.stringify({ file: file.name, line: record.line, reason, raw: record.raw ?? '' })}\n`)
            continue
          }
          observe(root, record.value)
          const text = serialise({ [FILE]: file.name, [LINE]: record.line, ...record.value })
          if (!rows.write(`${text}\n`)) await once(rows, 'drain')
        }
      }
    } finally {
      await Promise.all([rows, rejects].map((stream) => new Promise((done) => stream.end(done))))
    }
    const names = distinctNames([...(root.fields?.keys() ?? [])])
    if (names.length === 0) {
      throw userError('json.empty', `There is no record with a field in ${config.path}.`, {
        hint: 'Check the path, and where the rows are inside the file.',
        field: ['path'],
      })
    }
    const columns = names.map((name) => {
      const detected = typeOfShape(root.fields?.get(name) ?? newShape(), config.max_depth)
      const given = config.columns?.[name]?.type
      const nested = /\[|^(STRUCT|MAP|UNION|JSON)/.test(given ?? detected)
      if (given !== undefined && nested && /\bU?HUGEINT\b/i.test(given)) throw noPlace(name, given)
      // What a person has typed is read from the text, exactly, when it is compiled.
      const staged = given === undefined ? detected : nested ? canonicalType(given) : 'VARCHAR'
      return { name, type: given === undefined ? detected : canonicalType(given), staged }
    })
    for (const name of Object.keys(config.columns ?? {})) {
      if (names.includes(name)) continue
      throw userError('column.missing', `There is no field ${name} in ${config.path}.`, {
        hint: `Its fields are ${names.slice(0, 30).join(', ')}.`,
        field: ['columns', name],
      })
    }
    const read = (path: string, given: readonly { name: string; staged: string }[]) =>
      sql`SELECT * FROM read_json(${fileList([{ path }])}, format = 'newline_delimited', maximum_object_size = 268435456, columns = {${joinSql(
        given.map(({ name, staged }) => sql`${identifier(name)}: ${literal(staged)}`),
      )}})`
    const own = [
      { name: FILE, staged: 'VARCHAR' },
      { name: LINE, staged: 'BIGINT' },
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
    const complete: JsonFacts = { ...facts, columns, bytes: found.reduce((sum, file) => sum + file.bytes, 0) }
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

/** The config with the types that were found written into it. */
export function spellOut(config: JsonConfig, facts: JsonFacts): Record<string, unknown> {
  const columns = facts.columns.map(({ name, type }) => [name, { ...config.columns?.[name], type }])
  return { ...config, columns: Object.fromEntries(columns) }
}

/** Rows are staged as Parquet, where DuckDB would write doubles for these. */
const noPlace = (name: string, type: string) =>
  userError('json.type', `Field ${name} cannot be read as ${type} without losing digits.`, {
    hint: 'Write DECIMAL(38,0) in place of HUGEINT.',
    field: ['columns', name, 'type'],
  })

export const badRow = (file: string, line: number, reason: string) =>
  userError('json.bad-row', `${file}, line ${line}: ${reason}.`, {
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
