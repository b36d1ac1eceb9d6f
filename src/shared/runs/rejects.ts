import { z } from 'zod'
import { cellSchema, columnSchema } from '../engine/types.ts'

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

/** `row`: from 0, in the kept rows. The value is text that is cast to the column's type; null: no value. */
export const repairSchema = z.object({ row: z.number().int().min(0), column: z.string(), value: cellSchema })
export type Repair = z.infer<typeof repairSchema>

export const repairsSchema = z.object({
  repairs: z.array(repairSchema).max(20_000),
  /** Rows that are left out. */
  exclude: z.array(z.number().int().min(0)).max(100_000).default([]),
})
