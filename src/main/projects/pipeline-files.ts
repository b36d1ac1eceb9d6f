import { createHash } from 'node:crypto'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { userError } from '../../shared/errors.ts'
import { FORMAT, type PipelineDocument } from '../../shared/pipeline/document.ts'
import { readPipeline } from '../../shared/pipeline/read-pipeline.ts'
import { writePipeline } from '../../shared/pipeline/write-pipeline.ts'
import type { PipelineFile } from '../../shared/rpc/app-contract.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { resolveInside } from '../files/resolve-inside.ts'
import { Serial } from '../files/serial.ts'
import { createExclusively, writeAtomically } from '../files/write-atomically.ts'
import { isPipelineName, PIPELINE_SUFFIX, PIPELINES_FOLDER } from './list-pipelines.ts'

/** A megabyte of YAML is thousands of nodes; more is not a pipeline that somebody wrote. */
const LARGEST_BYTES = 20_000_000

/** Reads and writes a project's pipeline files. Paths are relative to the project, with `/`. */
export class PipelineFiles {
  readonly #root: string
  readonly #serial = new Serial()

  constructor(root: string) {
    this.#root = root
  }

  /** @throws LogiDataError `file.*`, `pipeline.path` */
  async read(path: string): Promise<PipelineFile> {
    const bytes = await readBytes(await this.#resolve(path), path)
    const text = decode(bytes, path)
    const { document, problems } = readPipeline(text)
    return { path, revision: revisionOf(bytes), text, problems, ...(document ? { document } : {}) }
  }

  /**
   * @throws LogiDataError `pipeline.conflict` if the file is no longer at `revision`; `pipeline.incomplete` if it has parts that no
   * document can have, which would be lost; `file.*`, `pipeline.path`
   */
  async save(path: string, revision: string, document: PipelineDocument): Promise<{ revision: string }> {
    const absolute = await this.#resolve(path)
    return this.#serial.run(absolute, async () => {
      const before = await readBytes(absolute, path).catch(() => undefined)
      if (!before || revisionOf(before) !== revision) throw conflict(path, before === undefined)
      const previous = decode(before, path)
      if (!readPipeline(previous).complete) throw incomplete(path)
      const text = writePipeline(document, previous)
      const after = Buffer.from(text)
      if (!after.equals(before)) await writeAtomically(absolute, after)
      return { revision: revisionOf(after) }
    })
  }

  /** Makes a pipeline in a new file named after it, empty unless it is given. */
  async create(name: string, document?: PipelineDocument): Promise<PipelineFile> {
    const text = writePipeline({ ...(document ?? { format: FORMAT, nodes: {} }), name })
    const stem = fileStem(name)
    for (let attempt = 1; ; attempt++) {
      const path = `${PIPELINES_FOLDER}/${attempt === 1 ? stem : `${stem}-${attempt}`}${PIPELINE_SUFFIX}`
      if (await createExclusively(await this.#resolve(path), text)) return this.read(path)
    }
  }

  /** Moves the file to `.logidata/trash`, from where a person can take it back. */
  async remove(path: string): Promise<void> {
    const absolute = await this.#resolve(path)
    await this.#serial.run(absolute, async () => {
      try {
        const trash = await resolveInside(this.#root, '.logidata/trash')
        await mkdir(trash, { recursive: true })
        const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
        await rename(absolute, join(trash, `${stamp}-${basename(absolute)}`))
      } catch (thrown) {
        throw toOperationalError(thrown, path)
      }
    })
  }

  async #resolve(path: string): Promise<string> {
    const absolute = await resolveInside(this.#root, path)
    const inProject = relative(await resolveInside(this.#root, ''), absolute)
    if (!isPipelineName(basename(absolute)) || inProject.split(sep)[0] === '.logidata')
      throw userError('pipeline.path', `“${path}” is not a pipeline file.`, {
        hint: `Pipeline files are named NAME${PIPELINE_SUFFIX}.`,
      })
    return absolute
  }
}

export function revisionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

/** The file's bytes. @throws LogiDataError `file.*` naming `path` */
export async function readBytes(absolute: string, path: string): Promise<Buffer> {
  try {
    const bytes = await readFile(absolute)
    if (bytes.length <= LARGEST_BYTES) return bytes
  } catch (thrown) {
    throw toOperationalError(thrown, path)
  }
  throw userError('pipeline.too-large', `“${path}” is larger than a pipeline file can be (20 MB).`)
}

/** @throws LogiDataError `pipeline.encoding` */
export function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw userError('pipeline.encoding', `“${path}” is not UTF-8 text.`, { hint: 'Save it as UTF-8.' })
  }
}

function conflict(path: string, removed: boolean) {
  const what = removed ? 'was removed or cannot be read any more' : 'was changed by another program'
  return userError('pipeline.conflict', `“${path}” ${what} since it was opened; nothing was saved.`, {
    hint: 'Open it again, or save your version under another name.',
  })
}

function incomplete(path: string) {
  return userError('pipeline.incomplete', `“${path}” has parts that cannot be read; saving would lose them.`, {
    hint: 'Mend what the problems list names, in the file itself, and open it again.',
  })
}

/** `Revenue by country (€)` becomes `revenue-by-country`. */
export function fileStem(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const stem = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '')
  return stem === '' ? 'pipeline' : stem
}
