import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Cell } from '../../../shared/engine/types.ts'
import { releaseTemporary, removeTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'
import type { Found } from './answer.ts'

/** Answers of more look-ups are not kept on disk. */
const MOST = 200_000
const FOLDER = 'web-lookups'

const entrySchema = z.object({
  key: z.string(),
  at: z.number(),
  rows: z.array(z.array(z.union([z.string(), z.null()]))),
})
type Entry = z.infer<typeof entrySchema>

/** Answers that outlive a run: one file for all look-ups that ask the same in the same way. */
export class AnswerCache {
  readonly #path: string
  readonly #entries: Map<string, Entry>
  readonly #added = new Map<string, Entry>()

  private constructor(path: string, entries: Map<string, Entry>) {
    this.#path = path
    this.#entries = entries
  }

  /** @param identity of what is asked and what is taken from answers; damaged or missing entries are none */
  static async open(staging: string, identity: unknown): Promise<AnswerCache> {
    const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32)
    const path = join(staging, FOLDER, `${name}.ndjson`)
    return new AnswerCache(path, await readEntries(path))
  }

  /** @param oldest milliseconds since 1970 */
  get(key: string, oldest: number): Found | undefined {
    const entry = this.#added.get(key) ?? this.#entries.get(key)
    return entry && entry.at >= oldest ? entry.rows : undefined
  }

  put(key: string, rows: Found): void {
    if (this.#added.size < MOST)
      this.#added.set(key, { key, at: Date.now(), rows: rows.map((row): Cell[] => [...row]) })
  }

  /** What another run kept meanwhile stays. */
  async save(): Promise<void> {
    if (this.#added.size === 0) return
    await mkdir(join(this.#path, '..'), { recursive: true })
    const all = await readEntries(this.#path)
    for (const [key, entry] of this.#added) {
      all.delete(key)
      all.set(key, entry)
    }
    const kept = [...all.values()].slice(-MOST)
    const temporary = temporaryPath(this.#path, 'new')
    try {
      const file = await open(temporary, 'w', 0o600)
      try {
        for (let at = 0; at < kept.length; at += 5000)
          await file.write(
            `${kept
              .slice(at, at + 5000)
              .map((entry) => JSON.stringify(entry))
              .join('\n')}\n`,
          )
      } finally {
        await file.close()
      }
      await rename(temporary, this.#path)
      releaseTemporary(temporary)
    } finally {
      await removeTemporary(temporary)
    }
  }
}

async function readEntries(path: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  const content = await readFile(path, 'utf8').catch(() => '')
  for (const line of content.split('\n')) {
    if (line === '') continue
    try {
      const entry = entrySchema.parse(JSON.parse(line))
      entries.set(entry.key, entry)
    } catch {
      // Asked again.
    }
  }
  return entries
}
