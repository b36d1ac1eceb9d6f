import type Database from 'better-sqlite3'
import { z } from 'zod'
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
