import type { Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import type { PipelineEntry } from '../../shared/rpc/app-contract.ts'
import { toOperationalError } from '../files/file-errors.ts'

export const PIPELINE_SUFFIX = '.pipeline.yaml'
export const PIPELINES_FOLDER = 'pipelines'

/** Names are near the top of a canonical file; the rest of it is not read for a listing. */
const HEAD_BYTES = 4096

interface Known {
  readonly stamp: string
  readonly entry: PipelineEntry
}

/** A project's pipelines, at its root and in `pipelines/`, sorted by path. */
export class PipelineLister {
  readonly #root: string
  /** By path: what the file said when it last changed. */
  #known = new Map<string, Known>()

  constructor(root: string) {
    this.#root = root
  }

  async list(): Promise<PipelineEntry[]> {
    const [atRoot, inFolder] = await Promise.all([
      this.#files(this.#root),
      this.#files(join(this.#root, PIPELINES_FOLDER)),
    ])
    const paths = [...atRoot, ...inFolder.map((name) => `${PIPELINES_FOLDER}/${name}`)]
    const known = this.#known
    this.#known = new Map()
    const entries = await Promise.all(paths.map((path) => this.#entry(path, known)))
    return entries.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async #files(folder: string): Promise<string[]> {
    let found: Dirent[]
    try {
      found = await readdir(folder, { withFileTypes: true })
    } catch (thrown) {
      if (folder !== this.#root) return []
      throw toOperationalError(thrown, folder)
    }
    return found.filter((one) => !one.isDirectory() && isPipelineName(one.name)).map((one) => one.name)
  }

  /** Absent if it vanished meanwhile. */
  async #entry(path: string, known: ReadonlyMap<string, Known>): Promise<PipelineEntry | undefined> {
    const absolute = join(this.#root, path)
    const { mtimeMs, size } = (await stat(absolute).catch(() => undefined)) ?? {}
    if (mtimeMs === undefined) return undefined
    const stamp = `${mtimeMs}:${size}`
    const before = known.get(path)
    const entry = before?.stamp === stamp ? before.entry : { path, name: await readName(absolute), modified: mtimeMs }
    this.#known.set(path, { stamp, entry })
    return entry
  }
}

export const isPipelineName = (name: string) => name.endsWith(PIPELINE_SUFFIX) && !name.startsWith('.')

async function readName(path: string): Promise<string> {
  const fallback = basename(path, PIPELINE_SUFFIX)
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      const line = /^name:[^\n]*/m.exec(buffer.toString('utf8', 0, bytesRead))?.[0]
      const name: unknown = line === undefined ? undefined : parse(line)?.name
      return typeof name === 'string' && name !== '' ? name : fallback
    } finally {
      await file.close()
    }
  } catch {
    // An unreadable or broken file is listed all the same: opening it says what is wrong.
    return fallback
  }
}
