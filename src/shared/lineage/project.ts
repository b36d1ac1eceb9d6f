import { z } from 'zod'
import { problemSchema } from '../engine/types.ts'
import { lineageKindSchema } from './kinds.ts'
import { documentLineageSchema, lineageBasisSchema } from './types.ts'

/** A pipeline of the project, as far as its lineage is known. */
export const pipelineLineageSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Why nothing, or not everything, is known of it. */
  problem: problemSchema.optional(),
  lineage: documentLineageSchema.optional(),
})
export type PipelineLineage = z.infer<typeof pipelineLineageSchema>

export const datasetSchema = z.object({
  /** Its path, with `#table` for a table in a file. */
  id: z.string(),
  kind: z.enum(['file', 'files', 'table']),
  path: z.string(),
  table: z.string().optional(),
  columns: z.array(z.string()),
})
export type Dataset = z.infer<typeof datasetSchema>

/** A column of a data set or of a node's port, or all of the one or the other. */
export const lineageRefSchema = z.union([
  z.object({ dataset: z.string(), column: z.string().optional() }),
  z.object({ pipeline: z.string(), nodeId: z.string(), port: z.string(), column: z.string().optional() }),
])
export type LineageRef = z.infer<typeof lineageRefSchema>

export const directionSchema = z.enum(['upstream', 'downstream'])
export type Direction = z.infer<typeof directionSchema>

/** A data set or a port that a trace came by. */
export const tracedSchema = z.object({
  dataset: z.string().optional(),
  pipeline: z.string().optional(),
  nodeId: z.string().optional(),
  port: z.string().optional(),
  /** Steps from the start: what is near is shown first. */
  distance: z.number().int(),
  columns: z.array(
    z.object({
      name: z.string(),
      /** Its values come from, or go, there; otherwise it is only decided by, or decides. */
      direct: z.boolean(),
      kinds: z.array(lineageKindSchema),
    }),
  ),
  /** Which rows there are, or their order, depends on it. */
  rows: z.boolean(),
})
export type Traced = z.infer<typeof tracedSchema>

/** A place in a pipeline's file that names a column. */
export const mentionSchema = z.object({
  /** File of the pipeline that holds the place: of a sub-pipeline its own. */
  pipeline: z.string(),
  nodeId: z.string(),
  field: z.array(z.union([z.string(), z.number()])),
  column: z.string(),
  position: z.object({ line: z.number().int(), column: z.number().int() }).optional(),
  /** Within the text of the field. */
  range: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
})
export type Mention = z.infer<typeof mentionSchema>

export const impactSchema = z.object({
  start: lineageRefSchema,
  direction: directionSchema,
  items: z.array(tracedSchema),
  /** Where the name must be changed with it; downstream only. */
  mentions: z.array(mentionSchema),
})
export type Impact = z.infer<typeof impactSchema>

/** The project as boxes: what the window draws. */
export const overviewSchema = z.object({
  datasets: z.array(datasetSchema),
  pipelines: z.array(
    z.object({
      path: z.string(),
      name: z.string(),
      problem: problemSchema.optional(),
      nodes: z.array(
        z.object({
          nodeId: z.string(),
          type: z.string(),
          summary: z.string(),
          basis: lineageBasisSchema,
          /** Port -> names of its columns; only of the pipelines that were asked for. */
          ports: z.record(z.string(), z.array(z.string())).optional(),
          inputs: z.array(z.object({ port: z.string(), nodeId: z.string(), from: z.string() })),
        }),
      ),
    }),
  ),
  /** `from` and `to`: id of a data set, or path of a pipeline. `part`: files that are among others. */
  links: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      kind: z.enum(['read', 'write', 'part']),
      nodeId: z.string().optional(),
    }),
  ),
  milliseconds: z.number(),
})
export type LineageOverview = z.infer<typeof overviewSchema>
