import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import type { LoadForecast } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { LoadRequest, LoadResult, ProjectFiles } from '../kit/contract.ts'
import { crashPoint } from '../kit/files/replace-target.ts'
import { temporaryPath } from '../kit/files/temporary-names.ts'
import type { RemoteTargetConfig } from './load-config.ts'
import { ENDING, LOAD_FORMATS, type LoadFormat, loadFormatOf } from './load-formats.ts'
import { alreadyThere, type PutOptions, type WritableStore } from './store.ts'
import { writerOf } from './writers.ts'

/** Below a folder that was written to: which loads it has. Readers of folders leave out what begins with `_`. */
const LOADS = '_logidata_loads/'

interface Local {
  readonly path: string
  /** In the store. */
  readonly name: string
}

/**
 * Writes the input into local files by the step of the format, then puts these into the store. One file is there in one step. The files of a folder
 * come one by one: the old ones go once all new ones are there, so that a reader in between may see both, and never less than either.
 * @throws LogiDataError
 */
export async function writeFiles(store: WritableStore, request: LoadRequest<RemoteTargetConfig>): Promise<LoadResult> {
  const { config, commit, files } = request
  const isFolder = config.path.endsWith('/')
  return withWritten(request, async ({ rows, stem, local, folder }) => {
    const result = { rows, written: local.map(({ name }) => `${store.name}/${name}`) }
    crashPoint('written')
    const old = isFolder ? await listAll(store, config.path) : []
    if (config.mode === 'fail' && old.some((name) => !isOf(stem, name))) throw notEmpty(store, config.path)
    await commit?.intend({ kind: 'key' }, result)
    crashPoint('intended')
    const repeatable = config.mode === 'overwrite'
    const key = commit?.key
    const options = { ifAbsent: config.mode === 'fail' && local.length === 1, own: isFolder, repeatable }
    const note =
      key === undefined || isFolder
        ? {}
        : { note: join(files.staging, `put-${digest(`${store.name}/${config.path}`)}-${digest(key)}`) }
    const fresh = new Set(local.map(({ name }) => name))
    try {
      await putAll(store, local, { ...options, ...note, key })
    } catch (thrown) {
      // Unless an attempt before may have begun to remove what these replace.
      if (isFolder && !old.some((name) => isOf(stem, name))) await store.remove([...fresh]).catch(() => undefined)
      throw thrown
    }
    crashPoint('put')
    await store.remove(old.filter((name) => !fresh.has(name) && goes(config, name, stem, fresh)))
    if (isFolder && commit && !repeatable) await putMarker(store, folder, config.path, commit.key)
    crashPoint('published')
    return result
  })
}

/** What `writeFiles` would do: all of it is written here, and nothing of it is put into the store. @throws LogiDataError */
export const forecastFiles = (store: WritableStore, request: LoadRequest<RemoteTargetConfig>): Promise<LoadForecast> =>
  withWritten(request, async ({ rows, stem, local }) => {
    const { config } = request
    const isFolder = config.path.endsWith('/')
    const there = isFolder ? await listAll(store, config.path) : await oneThere(store, config.path)
    if (config.mode === 'fail' && there.length > 0)
      throw isFolder ? notEmpty(store, config.path) : alreadyThere(store.name, config.path)
    const fresh = new Set(local.map(({ name }) => name))
    const replaced = there.filter((name) => goes(config, name, stem, fresh)).length
    const none = there.length === 0 ? '0' : undefined
    const gone = replaced === 0 ? '0' : undefined
    return {
      rows: { new: String(rows), changed: gone, deleted: gone, unchanged: none },
      columns: [],
      creates: there.length === 0,
      files: { replaced, kept: there.length - replaced },
    }
  })

const oneThere = async (store: WritableStore, name: string): Promise<string[]> =>
  (await store.find(name)) === undefined ? [] : [name]

interface Written {
  readonly rows: bigint
  /** What the names of a folder's files begin with. */
  readonly stem: string
  readonly local: readonly Local[]
  readonly folder: string
}

/** Writes the input into a folder that nobody else sees, and removes that whatever happens. */
async function withWritten<T>(
  request: LoadRequest<RemoteTargetConfig>,
  work: (written: Written) => Promise<T>,
): Promise<T> {
  const { config, commit, files } = request
  const format = loadFormat(config)
  const folder = temporaryPath(join(files.staging, 'upload'), 'part')
  await mkdir(folder, { recursive: true })
  try {
    const rows = await writeLocally(request, format, folder)
    const stem = `part-${digest(commit?.key ?? crypto.randomUUID())}`
    const isFolder = config.path.endsWith('/')
    const local = isFolder ? await filesBelow(folder, config.path, stem) : await oneFile(folder, config.path)
    return await work({ rows, stem, local, folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Whether a load's key is in the store: it was done to its end. */
export async function wasWritten(store: WritableStore, { path }: RemoteTargetConfig, key: string): Promise<boolean> {
  if (!path.endsWith('/')) return (await store.keyOf(path)) === key
  return (await store.find(markerName(path, key))) !== undefined
}

function loadFormat({ format, path, partition_by }: RemoteTargetConfig): LoadFormat {
  if (format !== 'auto') return format
  const found = partition_by.length > 0 ? 'parquet' : loadFormatOf(path)
  if (found !== undefined) return found
  throw userError('target.format', `The name ${posix.basename(path)} does not tell a format.`, {
    field: ['format'],
    hint: `Choose one: ${LOAD_FORMATS.join(', ')}.`,
  })
}

/** By the step that writes such files into the project; here into a folder that nobody else sees. */
async function writeLocally(
  request: LoadRequest<RemoteTargetConfig>,
  format: LoadFormat,
  folder: string,
): Promise<bigint> {
  const { config } = request
  const writer = await writerOf(format)
  const parted = config.partition_by.length > 0
  const path = parted ? 'rows/' : `rows${config.path.endsWith('/') ? ENDING[format] : endingOf(config.path)}`
  const inner: unknown = writer.descriptor.config.parse({
    // One object per line, unless the name says that it is an array.
    ...(format === 'json' ? { format: /\.json(?:\.|$)/i.test(path) ? 'array' : 'ndjson' } : {}),
    ...config[format],
    path,
    mode: 'fail',
    ...(parted ? { partition_by: config.partition_by } : {}),
  })
  const files: ProjectFiles = {
    ...request.files,
    output: async (name) => ({ path: join(folder, name), name: `${config.path}` }),
  }
  const { columns } = request.input
  writer.check?.(inner, columns, new Map([...request.inputs].map(([port, { columns: own }]) => [port, own])))
  const { rows } = await writer.write({ ...request, config: inner, files, commit: undefined })
  return rows
}

const endingOf = (path: string): string => /(?:\.[A-Za-z0-9]{1,10}){1,2}$/.exec(posix.basename(path))?.[0] ?? ''

async function oneFile(folder: string, name: string): Promise<Local[]> {
  const [file] = (await readdir(folder)).filter((own) => own.startsWith('rows'))
  if (file === undefined) throw new TypeError('nothing was written')
  return [{ path: join(folder, file), name }]
}

/** The names say which load the files are of, so that a second attempt writes over what the first one left. */
async function filesBelow(folder: string, path: string, stem: string): Promise<Local[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const local = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return local.sort().map((own, index) => {
    const below = own
      .slice(folder.length + 1)
      .split(sep)
      .join('/')
    const parts = below.startsWith('rows/') ? below.slice('rows/'.length).split('/').slice(0, -1) : []
    const name = `${stem}-${index}${/(?:\.[A-Za-z0-9]+)+$/.exec(below)?.[0] ?? ''}`
    return { path: own, name: path + [...parts, name].join('/') }
  })
}

async function listAll(store: WritableStore, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const page of store.list(prefix))
    names.push(...page.map(({ name }) => name).filter((name) => !name.slice(prefix.length).startsWith('_')))
  return names
}

/** Which of the files that were there before are to go. */
function goes({ mode }: RemoteTargetConfig, name: string, stem: string, fresh: ReadonlySet<string>): boolean {
  if (mode === 'overwrite') return true
  // What an attempt of this very load left, whose rows were in other files than now.
  if (isOf(stem, name)) return true
  if (mode !== 'overwrite_partitions') return false
  const folder = posix.dirname(name)
  return [...fresh].some((own) => posix.dirname(own) === folder)
}

const isOf = (stem: string, name: string): boolean => posix.basename(name).startsWith(`${stem}-`)

const PUT_AT_ONCE = 4

async function putAll(
  store: WritableStore,
  local: readonly Local[],
  { key, ...options }: Omit<PutOptions, 'key'> & { readonly key: string | undefined },
) {
  const waiting = local.values()
  const putting = Array.from({ length: Math.min(PUT_AT_ONCE, local.length) }, async () => {
    for (const { path, name } of waiting)
      await store.put(path, name, { ...options, ...(key === undefined ? {} : { key }) })
  })
  const ends = await Promise.allSettled(putting)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

const digest = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16)

const markerName = (path: string, key: string): string => `${path}${LOADS}${digest(key)}`

async function putMarker(store: WritableStore, folder: string, path: string, key: string): Promise<void> {
  const marker = join(folder, 'marker')
  await writeFile(marker, JSON.stringify({ key, at: new Date().toISOString() }))
  await store.put(marker, markerName(path, key))
}

const notEmpty = (store: WritableStore, path: string) =>
  userError('target.exists', `There are files in ${store.name}/${path} already.`, {
    hint: 'Write into another folder, or choose to replace it.',
  })
