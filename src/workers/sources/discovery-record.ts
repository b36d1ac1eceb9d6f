import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { releaseTemporary, removeTemporary, temporaryPath } from '../../modules/kit/files/temporary-names.ts'
import { columnSchema } from '../../shared/engine/types.ts'
import { jsonValueSchema } from '../../shared/pipeline/document.ts'
import type { ProjectSession } from '../session.ts'

/** Below the staging folder: what sources said of themselves, and samples of their rows. */
export const SOURCES_FOLDER = 'sources'

const recordSchema = z.object({
  version: z.literal(1),
  /** ISO 8601. */
  at: z.string(),
  columns: z.array(columnSchema),
  rejected: z.array(columnSchema).optional(),
  facts: jsonValueSchema.optional(),
  rows: z.number().optional(),
})
/** What a source said of its rows, and when: kept, so that a pipeline can be worked on without the network. */
export type DiscoveryRecord = z.infer<typeof recordSchema>

const wholeSchema = z.object({ version: z.literal(1), at: z.string(), hash: z.string() })

/** The rows that the last run read of a source, and when. */
export type WholeRecord = z.infer<typeof wholeSchema>

const pathOf = (session: ProjectSession, key: string): string => join(session.staging, SOURCES_FOLDER, `${key}.json`)

/** @returns undefined where there is none, or it cannot be read */
export async function readWhole(session: ProjectSession, key: string): Promise<WholeRecord | undefined> {
  try {
    return wholeSchema.parse(JSON.parse(await readFile(pathOf(session, `${key}.whole`), 'utf8')))
  } catch {
    return undefined
  }
}

export const writeWhole = (session: ProjectSession, key: string, record: WholeRecord): Promise<void> =>
  writeRecord(pathOf(session, `${key}.whole`), record)

/** @returns undefined where there is none, or it cannot be read */
export async function readDiscovery(session: ProjectSession, key: string): Promise<DiscoveryRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(pathOf(session, key), 'utf8')))
  } catch {
    return undefined
  }
}

export const writeDiscovery = (session: ProjectSession, key: string, record: DiscoveryRecord): Promise<void> =>
  writeRecord(pathOf(session, key), record)

async function writeRecord(path: string, record: DiscoveryRecord | WholeRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = temporaryPath(path, 'new')
  try {
    await writeFile(temporary, JSON.stringify(record))
    await rename(temporary, path)
    releaseTemporary(temporary)
  } finally {
    await removeTemporary(temporary)
  }
}
