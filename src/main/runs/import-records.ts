import { readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { runEventSchema } from '../../shared/engine/types.ts'
import type { Journal } from '../journal/journal.ts'

const NAME = /^[0-9A-Za-z-]+\.json$/

const recordSchema = z.object({
  runId: z.string(),
  path: z.string().min(1),
  startedAt: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  milliseconds: z.number().optional(),
  events: z.array(runEventSchema).default([]),
})

/**
 * Takes over the records of earlier versions, one JSON file per run in `.logidata/runs`, oldest first, and removes them once they
 * are in the journal. One that cannot be read goes too: no version shows it.
 */
export async function importRecords(projectRoot: string, journal: Journal): Promise<void> {
  const folder = join(projectRoot, '.logidata', 'runs')
  const names = (await readdir(folder).catch(() => [])).filter((name) => NAME.test(name)).sort()
  for (const name of names) {
    const path = join(folder, name)
    const record = recordSchema.safeParse(parse(await readFile(path, 'utf8').catch(() => '')))
    if (record.success) {
      const { state, ...rest } = record.data
      journal.import({ ...rest, state: state === 'running' ? 'interrupted' : state })
    }
    // Names begin with the time, so that a file that cannot be removed is found as imported again.
    await rm(path, { force: true }).catch(() => {})
  }
  if (names.length > 0) await rmdir(folder).catch(() => {})
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
