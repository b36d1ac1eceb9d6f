import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { TypedPipeline } from '../../engine/fuse.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { markUsed } from '../../modules/kit/files/clean-project.ts'
import { fileList } from '../../modules/kit/files/input-files.ts'
import { exists, syncFolder, syncTree } from '../../modules/kit/files/replace-target.ts'
import { releaseTemporary, removeTemporary, temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { identifier, joinSql, type Sql, sql } from '../../modules/kit/sql.ts'
import type { StagedFile } from '../../shared/engine/types.ts'
import { type JsonValue, jsonValueSchema } from '../../shared/pipeline/document.ts'
import type { ProjectSession } from '../session.ts'

/** Below the staging folder: a folder for each result, named by the hash of everything it depends on. */
export const STAGED_RUNS = 'runs'
const MANIFEST = 'staged.json'

const fileSchema = z.object({
  name: z.string().regex(/^[\w-]+\.parquet$/),
  bytes: z.number().int(),
  crc: z.number().int(),
})
const manifestSchema = z.object({
  version: z.literal(1),
  ports: z.record(z.string(), z.object({ rows: z.string().regex(/^\d+$/), files: z.array(fileSchema) })),
  about: jsonValueSchema.optional(),
})

export interface StagedPort {
  /** Absolute, in the order of their rows. */
  readonly paths: readonly string[]
  readonly rows: bigint
}

/** A result that survives the process: whole, or not there. Columns are named `c0`, `c1`, … */
export interface StagedResult {
  readonly ports: ReadonlyMap<string, StagedPort>
  readonly files: readonly StagedFile[]
  /** What whoever staged it noted. */
  readonly about?: JsonValue
}

export interface Filled {
  readonly ports: ReadonlyMap<string, { readonly names: readonly string[]; readonly rows: bigint }>
  readonly about?: JsonValue
}

/** Results that a run of this process reads: not to be replaced. */
const inUse = new Map<string, number>()

export function holdStaged(hash: string): () => void {
  inUse.set(hash, (inUse.get(hash) ?? 0) + 1)
  return () => {
    const left = (inUse.get(hash) ?? 1) - 1
    if (left > 0) inUse.set(hash, left)
    else inUse.delete(hash)
  }
}

const folderOf = (session: ProjectSession, place: string, hash: string): string => join(session.staging, place, hash)

/**
 * @param expected the files as they were noted when the result was staged; absent: whatever is there and whole
 * @param place below the staging folder
 * @param trusted they were read to their ends before, by this process: that the sizes are the same is enough
 */
export async function readStaged(
  session: ProjectSession,
  hash: string,
  expected?: readonly StagedFile[],
  place = STAGED_RUNS,
  trusted = false,
): Promise<StagedResult | undefined> {
  const folder = folderOf(session, place, hash)
  try {
    const { ports, about } = manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')))
    const result = resultOf(session, folder, ports, about)
    const sizes = new Map(result.files.map(({ path, bytes }) => [path, bytes]))
    if (expected?.some(({ path, bytes }) => sizes.get(path) !== bytes)) return undefined
    for (const { files } of Object.values(ports))
      for (const { name, bytes, crc } of files) {
        const path = join(folder, name)
        const found = trusted ? { bytes: (await stat(path)).size, crc } : await checksum(path)
        if (found.bytes !== bytes || found.crc !== crc) return undefined
      }
    await markUsed(folder)
    return result
  } catch {
    // Not there, or damaged: it is computed again.
    return undefined
  }
}

/**
 * Stages a result: written beside, synced, then given its name.
 * @param fill writes files into an empty folder; gives their names and rows by port
 * @param place below the staging folder
 * @throws what `fill` throws
 */
export async function writeStaged(
  session: ProjectSession,
  hash: string,
  fill: (folder: string) => Promise<Filled>,
  place = STAGED_RUNS,
): Promise<StagedResult> {
  const folder = folderOf(session, place, hash)
  await mkdir(dirname(folder), { recursive: true })
  const temporary = temporaryPath(folder, 'new')
  const old = temporaryPath(folder, 'old')
  try {
    await mkdir(temporary)
    const ports: z.infer<typeof manifestSchema>['ports'] = {}
    const filled = await fill(temporary)
    for (const [port, { names, rows }] of filled.ports) {
      const files: z.infer<typeof fileSchema>[] = []
      for (const name of names) files.push({ name, ...(await checksum(join(temporary, name))) })
      ports[port] = { rows: String(rows), files }
    }
    await writeFile(join(temporary, MANIFEST), JSON.stringify({ version: 1, ports, about: filled.about }))
    await syncTree(temporary)
    // Equal hashes are equal rows: what another run of this process reads stays, since a query may open it any time.
    const used = inUse.has(hash) ? await readStaged(session, hash) : undefined
    if (used) return used
    if (await exists(folder)) await rename(folder, old)
    await rename(temporary, folder)
    await syncFolder(dirname(folder))
    return resultOf(session, folder, ports, filled.about)
  } finally {
    await removeTemporary(temporary)
    await removeTemporary(old)
    releaseTemporary(temporary)
  }
}

function resultOf(
  session: ProjectSession,
  folder: string,
  ports: z.infer<typeof manifestSchema>['ports'],
  about: JsonValue | undefined,
): StagedResult {
  const nameOf = (name: string): string => relative(session.root, join(folder, name)).replaceAll('\\', '/')
  return {
    ports: new Map(
      Object.entries(ports).map(([port, { rows, files }]) => [
        port,
        { rows: BigInt(rows), paths: files.map(({ name }) => join(folder, name)) },
      ]),
    ),
    files: Object.values(ports).flatMap(({ files }) => files.map(({ name, bytes }) => ({ path: nameOf(name), bytes }))),
    ...(about === undefined ? {} : { about }),
  }
}

/** What stands after FROM for the ports of a node, by their keys; the columns of the files are named by their places. */
export function stagedTables(pipeline: TypedPipeline, nodeId: string, staged: StagedResult): ReadonlyMap<string, Sql> {
  const tables = [...staged.ports].map(([port, { paths }]) => {
    const key = portKey({ nodeId, port })
    const names = (pipeline.columns.get(key) ?? []).map(({ name }) => identifier(name))
    const files = fileList(paths.map((path) => ({ path })))
    return [key, sql`read_parquet(${files}) AS k(${joinSql(names)})`] as const
  })
  return new Map(tables)
}

const PIECE = 1 << 20

async function checksum(path: string): Promise<{ bytes: number; crc: number }> {
  const { size } = await stat(path)
  const handle = await open(path, 'r')
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE, size)))
  try {
    let crc = 0
    let bytes = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return { bytes, crc }
      crc = crc32(buffer.subarray(0, bytesRead), crc)
      bytes += bytesRead
    }
  } finally {
    await handle.close()
  }
}
