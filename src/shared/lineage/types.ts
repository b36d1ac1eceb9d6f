import { z } from 'zod'
import { columnSchema, problemSchema } from '../engine/types.ts'
import { lineageKindSchema } from './kinds.ts'

/** Where a column comes from, within one node: a column of one of its inputs. Without a column: the whole table. */
export const lineageSourceSchema = z.object({
  port: z.string(),
  column: z.string().optional(),
  kinds: z.array(lineageKindSchema),
})
export type LineageSource = z.infer<typeof lineageSourceSchema>

/** What DuckDB bound, what only tables tell, or what nobody can tell because the node has errors. */
export const lineageBasisSchema = z.enum(['plan', 'query', 'names', 'table'])

export const portLineageSchema = z.object({
  columns: z.array(columnSchema),
  /** Column of the port -> where its values come from. One that is absent comes from nowhere: a constant, a number of rows. */
  from: z.record(z.string(), z.array(lineageSourceSchema)),
  /** What decides which rows there are and in which order: all columns depend on it. */
  rows: z.array(lineageSourceSchema),
})
export type PortLineage = z.infer<typeof portLineageSchema>

/** A file, a folder or glob of files, or a table in one, as the project names it. */
export const datasetRefSchema = z.object({
  path: z.string(),
  table: z.string().optional(),
})
export type DatasetRef = z.infer<typeof datasetRefSchema>

export const nodeReadSchema = datasetRefSchema.extend({
  /** Column of the node's ports -> columns of the data set. Absent: columns of the same name. */
  columns: z
    .record(z.string(), z.array(z.object({ column: z.string(), kinds: z.array(lineageKindSchema) })))
    .optional(),
})
export type NodeRead = z.infer<typeof nodeReadSchema>

export const nodeLineageSchema = z.object({
  type: z.string(),
  summary: z.string(),
  /** Input port -> the port that it reads. */
  inputs: z.record(z.string(), z.object({ nodeId: z.string(), port: z.string() })),
  /** Output port -> its columns. A load has its input as `in`. */
  ports: z.record(z.string(), portLineageSchema),
  reads: z.array(nodeReadSchema),
  writes: z.array(datasetRefSchema.extend({ mode: z.string() })),
  /** How it is known: from the bound plan, by another reading of its SQL, by names, or by table only. */
  basis: lineageBasisSchema,
  /** Of a node inside a sub-pipeline: the file that it is written in, and its key there. */
  origin: z.object({ path: z.string(), nodeId: z.string() }).optional(),
})
export type NodeLineage = z.infer<typeof nodeLineageSchema>

/** Lineage of one pipeline, nodes inside its sub-pipelines included (`clean/trim`). */
export const documentLineageSchema = z.object({
  nodes: z.record(z.string(), nodeLineageSchema),
  problems: z.array(problemSchema),
  milliseconds: z.number(),
})
export type DocumentLineage = z.infer<typeof documentLineageSchema>
