import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunRequest } from '../../shared/runs/history.ts'
import { journalError } from './journal-errors.ts'

const rowSchema = z.object({ body: z.string() })

/** What stands as JSON in a column `body`. What does not fit any more, of an earlier version, is as if it had not been. */
export function bodyOf<T>(schema: z.ZodType<T>, row: unknown): T | undefined {
  return schema.safeParse(JSON.parse(rowSchema.parse(row).body)).data
}

/** @throws LogiDataError `journal.*` */
export function execute(db: Database.Database, path: string, statement: string, ...values: (string | number)[]): void {
  try {
    db.prepare(statement).run(...values)
  } catch (thrown) {
    throw journalError(thrown, path)
  }
}

/** Keeps a pipeline once, however many runs have it. @returns the hash that stands for it */
export function keepDocument(db: Database.Database, document: PipelineDocument): string {
  const body = JSON.stringify(document)
  const hash = createHash('sha256').update(body).digest('hex')
  db.prepare('INSERT OR IGNORE INTO documents (hash, body) VALUES (?, ?)').run(hash, body)
  return hash
}

/** The next attempts of a run are asked for this. */
export function rewriteRequest(db: Database.Database, runId: string, { document, ...request }: RunRequest): void {
  db.prepare('UPDATE runs SET name = ?, document_hash = ?, request = ? WHERE run_id = ?').run(
    document.name,
    keepDocument(db, document),
    JSON.stringify(request),
    runId,
  )
}
