import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { operationalError } from '../../../../shared/errors.ts'
import { syncFolder } from '../../../kit/files/replace-target.ts'
import { releaseTemporary, removeTemporary, temporaryPath } from '../../../kit/files/temporary-names.ts'

const schema = z.object({
  version: z.literal(1),
  key: z.string(),
  /** Batches that the API has acknowledged. */
  batches: z.number().int(),
  rows: z.number().int(),
  /** Of all their content. */
  digest: z.string(),
  done: z.boolean(),
})
export type Progress = z.infer<typeof schema>

/** Beside the staging folder, which is cleaned of what can be made again. */
const FOLDER = 'sent'
const KEPT_MS = 90 * 24 * 60 * 60 * 1000

const nothing = (key: string): Progress => ({ version: 1, key, batches: 0, rows: 0, digest: '', done: false })

/** What of a load the API has acknowledged, on disk: an API cannot be asked, and a load that is resumed goes on from there. */
export class SentLog {
  readonly #path: string
  readonly #key: string

  /** @param key of the load in its run */
  constructor(staging: string, key: string) {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
    this.#path = join(dirname(staging), FOLDER, `${name}.json`)
    this.#key = key
  }

  /** @throws LogiDataError `load.log-damaged` */
  async read(): Promise<Progress> {
    const text = await readFile(this.#path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined
      throw thrown
    })
    if (text === undefined) return nothing(this.#key)
    try {
      const progress = schema.parse(JSON.parse(text))
      if (progress.key === this.#key) return progress
    } catch {
      // Told below.
    }
    throw operationalError(
      'load.log-damaged',
      'Nobody knows which rows were sent before the run was interrupted: the record of it is damaged.',
      {
        hint: 'Look at what the API has got. To send everything again, start a new run.',
      },
    )
  }

  /** Durable when it returns. */
  async write(progress: Progress): Promise<void> {
    const folder = dirname(this.#path)
    await mkdir(folder, { recursive: true })
    const temporary = temporaryPath(this.#path, 'new')
    try {
      const handle = await open(temporary, 'w')
      try {
        await handle.writeFile(JSON.stringify(progress))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, this.#path)
      releaseTemporary(temporary)
      await syncFolder(folder)
    } finally {
      await removeTemporary(temporary)
    }
  }

  /** Removes what nobody will resume any more. */
  async forgetOld(): Promise<void> {
    const folder = dirname(this.#path)
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const info = await stat(path).catch(() => undefined)
      if (info && Date.now() - info.mtimeMs > KEPT_MS) await rm(path, { force: true })
    }
  }
}

/** The digest of all content up to now. */
export const chained = (before: string, content: Buffer): string =>
  createHash('sha256').update(before).update(content).digest('base64url')

/** Names a request, so that an API that knows it does not do it twice. */
export const idempotencyKey = (key: string, batch: number): string =>
  createHash('sha256').update(`${key}\n${batch}`).digest('hex').slice(0, 40)
