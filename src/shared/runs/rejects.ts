import { z } from 'zod'
import { cellSchema, columnSchema } from '../engine/types.ts'
import { runStateSchema } from './history.ts'

/** Rows of a file of rejects, from 0, both included. */
export const rowRangeSchema = z.object({ first: z.number().int().min(0), last: z.number().int().min(0) })
export type RowRange = z.infer<typeof rowRangeSchema>

/** Rows that a run read again, or is about to. */
export const replayedRowsSchema = rowRangeSchema.extend({ runId: z.string(), state: runStateSchema })
export type ReplayedRows = z.infer<typeof replayedRowsSchema>

/** A page of the rows that a port turned down in a run, as they were kept. */
export const rejectsPageSchema = z.object({
  columns: z.array(columnSchema),
  rows: z.array(z.array(cellSchema)),
  /** Rows that were kept. */
  total: z.number().int(),
  /** Columns that the node read, with its types: they can be repaired, and replayed. None where the rows cannot be read again. */
  editable: z.array(columnSchema),
})
export type RejectsPage = z.infer<typeof rejectsPageSchema>

/** With what the journal knows of the rows. */
export const keptPageSchema = rejectsPageSchema.extend({
  replayed: z.array(replayedRowsSchema),
  /** Why the rows cannot be replayed through the pipeline as it is now; then it is the pipeline of the run that says what can be repaired. */
  changed: z.string().optional(),
})
export type KeptPage = z.infer<typeof keptPageSchema>

/** `row`: from 0, in the kept rows. The value is text that is cast to the column's type; null: no value. */
export const repairSchema = z.object({ row: z.number().int().min(0), column: z.string(), value: cellSchema })
export type Repair = z.infer<typeof repairSchema>

export const repairsSchema = z.object({
  repairs: z.array(repairSchema).max(20_000),
  /** Rows that are left out. */
  exclude: z.array(z.number().int().min(0)).max(100_000).default([]),
})

/** How kept rows are replayed. */
export const replayOptionsSchema = z.object({
  /** Rows that were replayed before are replayed once more. */
  again: z.boolean().default(false),
  /** Through the pipeline as it is now, with whatever was mended in it, or as it was when the rows were turned down. */
  pipeline: z.enum(['now', 'then']).default('now'),
})
