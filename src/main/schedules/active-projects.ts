import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../files/write-atomically.ts'

const schema = z.object({ roots: z.array(z.string()) })

/** The projects whose schedules a person lets this computer run. Not in the project: a copy of it must not start by itself. */
export class ActiveProjects {
  readonly #path: string

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'active-schedules.json')
  }

  async has(root: string): Promise<boolean> {
    return (await this.#read()).includes(root)
  }

  /** @throws LogiDataError `file.*` */
  async set(root: string, active: boolean): Promise<void> {
    const others = (await this.#read()).filter((known) => known !== root)
    const roots = active ? [...others, root] : others
    await writeAtomically(this.#path, `${JSON.stringify({ roots }, null, 2)}\n`)
  }

  async #read(): Promise<readonly string[]> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#path, 'utf8'))).roots
    } catch {
      return []
    }
  }
}
