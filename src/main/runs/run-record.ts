import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { runEventSchema } from '../../shared/engine/types.ts'
import { runSummarySchema } from '../../shared/rpc/app-contract.ts'
import { writeAtomically } from '../files/write-atomically.ts'

/** What is kept of a run on disk: its summary, and its events without those that later ones replaced. */
export const runRecordSchema = runSummarySchema.extend({ events: z.array(runEventSchema).default([]) })
export type RunRecord = z.infer<typeof runRecordSchema>

const MOST_RECORDS = 500
const NAME = /^[0-9A-Za-z-]+\.json$/

/** One JSON file per run in a project's `.logidata/runs/`. Names start with the time, so that they sort by it. */
export class RunRecords {
  readonly #folder: string

  constructor(projectRoot: string) {
    this.#folder = join(projectRoot, '.logidata', 'runs')
  }

  async write(record: RunRecord): Promise<void> {
    await writeAtomically(join(this.#folder, `${record.runId}.json`), `${JSON.stringify(record)}\n`)
  }

  /** Newest first. A record that cannot be read is left out. */
  async list(): Promise<RunRecord[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const newest = names.filter((name) => NAME.test(name)).sort()
    newest.reverse()
    await Promise.all(newest.splice(MOST_RECORDS).map((name) => rm(join(this.#folder, name), { force: true })))
    const records = await Promise.all(newest.map((name) => this.#read(name)))
    return records.filter((record) => record !== undefined)
  }

  async #read(name: string): Promise<RunRecord | undefined> {
    try {
      return runRecordSchema.parse(JSON.parse(await readFile(join(this.#folder, name), 'utf8')))
    } catch {
      return undefined
    }
  }
}
