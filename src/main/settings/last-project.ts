import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../files/write-atomically.ts'

const schema = z.object({ root: z.string().min(1) })

/** The folder of the project that was opened last, so that the next start opens it again. */
export class LastProject {
  readonly #path: string

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'last-project.json')
  }

  /** Undefined before there is one, and where the file says nothing of use: then the sample is opened. */
  async read(): Promise<string | undefined> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#path, 'utf8'))).root
    } catch {
      return undefined
    }
  }

  /** What cannot be remembered is only opened by hand next time. */
  async remember(root: string): Promise<void> {
    await writeAtomically(this.#path, `${JSON.stringify({ root })}\n`).catch(() => {})
  }
}
