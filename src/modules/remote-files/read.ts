import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../kit/contract.ts'
import { raw, type Sql, sql } from '../kit/sql.ts'
import type { RemoteSourceConfig } from './config.ts'
import { cutAtLastRow } from './cut-at-last-row.ts'
import { FORMATS } from './formats.ts'
import { fetchFiles, type LocalCopies } from './local-copies.ts'
import { matchingFiles } from './match.ts'
import { asDiscovered, detectOptions, folderColumns, formatOfFiles, openCopies } from './relation.ts'
import type { FileStore, RemoteFile } from './store.ts'

/** Fetched together, so that the disk holds two such parts at a time and not all that the store has. */
const PART_BYTES = 1e9
const PART_FILES = 500
/** Looked at for the columns: the first and the last, and some between. */
const SAMPLED_FILES = 12
/** What every format's rejected rows have; formats without any have these columns and no rows. */
const REJECTED: readonly Column[] = [
  { name: 'file', type: 'VARCHAR' },
  { name: 'reason', type: 'VARCHAR' },
]

const factsSchema = z.object({
  format: z.enum(FORMATS),
  options: z.record(z.string(), z.unknown()).optional(),
  folders: z.record(z.string(), z.string()),
})
const stateSchema = z.object({ of: z.string(), files: z.record(z.string(), z.string()) })

/** The columns of the files, from a sample of them. @throws LogiDataError */
export async function discoverFiles(store: FileStore, request: SourceRequest<RemoteSourceConfig>): Promise<Discovered> {
  const { config, files, withSession } = request
  const found = await matchingFiles(store, config.path)
  const format = formatOfFiles(config, found)
  const folders = folderColumns(config, found)
  const copies = await fetchSample(store, found, config.sample_megabytes * 1e6, format, files.staging)
  try {
    return await withSession(async (session) => {
      const over = { request, format, copies, session, folders }
      const options = await detectOptions(over)
      const { out, reject } = await openCopies({ ...over, options })
      const { columns } = await session.query(none(out))
      const rejected = reject ? (await session.query(none(reject))).columns : REJECTED
      const facts = { format, folders, ...(options === undefined ? {} : { options }) }
      return { columns, rejected, facts: facts as JsonValue }
    })
  } finally {
    await copies.remove()
  }
}

/** All rows of the files, or the first `limit`; of an incremental source, of the files that are new or changed. @throws LogiDataError */
export async function readFiles(store: FileStore, request: ReadRequest<RemoteSourceConfig>): Promise<ReadResult> {
  const { config, discovered, files, limit, sink, withSession } = request
  const { format, options, folders } = factsSchema.parse(discovered.facts)
  const found = await matchingFiles(store, config.path)
  const seen = seenBefore(store, request)
  const wanted = found.filter(({ name, version }) => seen[name] !== version)
  const rejects = request.discovered.rejected ?? []
  const parts = partsOf(wanted, limit)
  let rows = 0n
  let next = fetchNext(store, parts, files.staging)
  for (const [index, part] of parts.entries()) {
    const copies = await next
    if (!copies) break
    // The network works while DuckDB does; of a preview the first file is mostly enough.
    const after = parts.slice(index + 1)
    next = limit === undefined ? fetchNext(store, after, files.staging) : Promise.resolve(undefined)
    next.catch(() => undefined)
    try {
      const over = { request, format, copies, folders, options }
      const opened = await withSession(async (session) => {
        const one = await openCopies({ ...over, session })
        const named = (names: readonly string[]) => `${names.join(', ')} (${namesOf(part)})`
        return {
          ...one,
          out: await asDiscovered(one.out, discovered.columns, session, named),
          reject:
            one.reject && rejects !== REJECTED ? await asDiscovered(one.reject, rejects, session, named) : undefined,
        }
      })
      try {
        rows += await sink.copy(limit === undefined ? opened.out : limited(opened.out, BigInt(limit) - rows))
        if (opened.reject) await sink.copy(opened.reject, 'reject')
      } catch (thrown) {
        throw await withSession((session) => opened.explain(thrown, session))
      }
    } catch (thrown) {
      await (await next.catch(() => undefined))?.remove()
      throw thrown
    } finally {
      await copies.remove()
    }
    request.progress?.((index + 1) / parts.length)
    if (limit === undefined) continue
    if (rows >= BigInt(limit)) break
    next = fetchNext(store, after, files.staging)
  }
  if (!config.incremental) return {}
  // Files that are gone are forgotten: one of that name would be new.
  return {
    state: { of: placeOf(store, config), files: Object.fromEntries(found.map((file) => [file.name, file.version])) },
  }
}

const none = (select: Sql): Sql => sql`SELECT * FROM (${select}) LIMIT 0`
const limited = (select: Sql, rows: bigint): Sql => sql`SELECT * FROM (${select}) LIMIT ${raw(String(rows))}`

const placeOf = (store: FileStore, { path }: RemoteSourceConfig): string => `${store.name}/${path}`

function seenBefore(store: FileStore, { config, state }: ReadRequest<RemoteSourceConfig>): Record<string, string> {
  if (state === undefined || !config.incremental) return {}
  const { of, files } = stateSchema.parse(state)
  if (of === placeOf(store, config)) return files
  throw userError('cursor.other', `What was read last is of ${of}.`, {
    hint: 'Reset where the step goes on, so that it reads everything once more.',
    field: ['path'],
  })
}

/** The sample: large files of lines are cut, others are fetched whole. */
async function fetchSample(
  store: FileStore,
  found: readonly RemoteFile[],
  bytes: number,
  format: string,
  staging: string,
): Promise<LocalCopies> {
  const chosen = spread(found, SAMPLED_FILES)
  const each = Math.ceil(bytes / chosen.length)
  const cuts = format === 'csv' || format === 'ndjson'
  const small = chosen.filter(({ bytes: size, name }) => size <= each || !cuts || isPacked(name))
  const large = chosen.filter((file) => !small.includes(file))
  // What cannot be cut is fetched until it is enough; one file at the least.
  let sum = 0
  const whole = small.filter(({ bytes: size }, index) => {
    sum += size
    return index === 0 || sum <= bytes
  })
  if (large.length === 0) return fetchFiles(store, whole, staging)
  const copies = await fetchFiles(store, large, staging, each)
  try {
    for (const { path } of copies.copies) await cutAtLastRow(path, format === 'csv' ? '"' : undefined)
    return copies
  } catch (thrown) {
    await copies.remove()
    throw thrown
  }
}

const isPacked = (name: string): boolean => /\.(?:gz|zst|zip)$/i.test(name)

/** The first, the last, and those in even steps between. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, index) => all[Math.round((index * (all.length - 1)) / (most - 1))] as T)
}

/** In order; of a preview, few files at a time, since the first may be enough. */
function partsOf(found: readonly RemoteFile[], limit: number | undefined): RemoteFile[][] {
  const parts: RemoteFile[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const file of found) {
    const last = parts.at(-1)
    const full = last === undefined || last.length >= (limit === undefined ? PART_FILES : 1)
    if (full || bytes + file.bytes > PART_BYTES) {
      parts.push([file])
      bytes = file.bytes
    } else {
      last.push(file)
      bytes += file.bytes
    }
  }
  return parts
}

async function fetchNext(
  store: FileStore,
  [part]: readonly (readonly RemoteFile[])[],
  staging: string,
): Promise<LocalCopies | undefined> {
  return part && fetchFiles(store, part, staging)
}

const namesOf = (part: readonly RemoteFile[]): string =>
  part.length === 1 ? (part[0]?.name ?? '') : `${part[0]?.name} … ${part.at(-1)?.name}`
