import { z } from 'zod'
import {
  browseEntrySchema,
  connectorInfoSchema,
  diagnosisSchema,
  resolvedConnectionSchema,
} from '../connections/connection.ts'
import {
  analysisSchema,
  fieldSuggestionSchema,
  fileDetectionSchema,
  keptSourceSchema,
  previewSchema,
  profileSchema,
  runEventSchema,
  stagedFileSchema,
} from '../engine/types.ts'
import { documentLineageSchema } from '../lineage/types.ts'
import { moduleInfoSchema } from '../modules/descriptor.ts'
import { documentSchema, jsonValueSchema } from '../pipeline/document.ts'
import { columnRenameSchema } from '../rename.ts'
import { replaySchema } from '../runs/history.ts'
import { rejectsPageSchema, repairsSchema } from '../runs/rejects.ts'
import { caseResultSchema, differenceSchema } from '../tests/result.ts'
import { expectationSchema, givenSchema } from '../tests/test-file.ts'
import { call, stream } from './contract.ts'

/** What every request about a pipeline carries: the engine process keeps caches but no state of its own. */
export const pipelineRequestSchema = z.object({
  /** Absolute folder of the project; nothing outside it is read or written. */
  projectRoot: z.string(),
  document: documentSchema,
  /** Parameter -> text; the others take their defaults. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** The environment variables that were granted to `${env:NAME}`. */
  env: z.record(z.string(), z.string()).default({}),
  /** Connections that the document may name, with their secrets. */
  connections: z.record(z.string(), resolvedConnectionSchema).default({}),
  /** Sources are not asked: what was read of them before is used. */
  offline: z.boolean().default(false),
  /** False: sources do nothing of the steps after them. */
  pushdown: z.boolean().default(true),
})
export type PipelineRequest = z.output<typeof pipelineRequestSchema>

export const portRequestSchema = pipelineRequestSchema.extend({
  nodeId: z.string(),
  /** Absent: the default output; of a load: its input. */
  port: z.string().optional(),
})

export const connectionRequestSchema = z.object({ projectRoot: z.string(), connection: resolvedConnectionSchema })

/** A stage that an earlier attempt of the run finished. */
export const resumedStageSchema = z.object({
  key: z.string(),
  hash: z.string(),
  files: z.array(stagedFileSchema),
  rows: z.record(z.string(), z.string()),
})
export type ResumedStage = z.infer<typeof resumedStageSchema>

export const functionInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(['scalar', 'aggregate', 'window', 'macro']),
  signatures: z.array(z.string()),
  description: z.string(),
})
export type FunctionInfo = z.infer<typeof functionInfoSchema>

/** Between the application (`main`, `cli`) and the engine process (`workers`). */
export const engineContract = {
  modules: call('read', z.object({}), z.array(moduleInfoSchema)),
  functions: call('read', z.object({}), z.array(functionInfoSchema)),
  analyse: call('read', pipelineRequestSchema, analysisSchema),
  preview: call(
    'read',
    portRequestSchema.extend({
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    previewSchema,
  ),
  profile: call('read', portRequestSchema, profileSchema),
  /** The SQL of one port, formatted for reading. */
  sql: call('read', portRequestSchema, z.object({ sql: z.string() })),
  /** Rows of a file of the project, whatever wrote it. */
  previewFile: call(
    'read',
    z.object({ projectRoot: z.string(), path: z.string(), limit: z.number().int().min(1).max(10_000).default(200) }),
    previewSchema,
  ),
  /** A page of the rows that a run kept because a node turned them down. */
  rejects: call(
    'read',
    pipelineRequestSchema.extend({
      nodeId: z.string(),
      file: z.string(),
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    rejectsPageSchema,
  ),
  /** Writes kept rows, repaired, as the node reads them, into a new Parquet file of the project. */
  repair: call(
    'write',
    repairsSchema.extend({ ...pipelineRequestSchema.shape, nodeId: z.string(), file: z.string(), target: z.string() }),
    z.object({ rows: z.number().int() }),
  ),
  /** What the data of a node's inputs gives for one field of its config. */
  suggest: call('read', portRequestSchema.omit({ port: true }).extend({ field: z.string() }), fieldSuggestionSchema),
  /** What an extract would read the file as: a config with the detected settings spelt out, and the rows it gives. */
  detect: call(
    'read',
    z.object({ projectRoot: z.string(), type: z.string(), config: z.record(z.string(), z.unknown()) }),
    fileDetectionSchema,
  ),
  /** Kinds of systems that connections lead to. */
  connectors: call('read', z.object({}), z.array(connectorInfoSchema)),
  testConnection: call('read', connectionRequestSchema, diagnosisSchema),
  /** What is directly below a path; empty: the root. */
  browseConnection: call(
    'read',
    connectionRequestSchema.extend({ path: z.array(z.string()) }),
    z.array(browseEntrySchema),
  ),
  /** Asks the source of a node anew; previews show its rows as they are now. */
  refreshSource: call('read', portRequestSchema.omit({ port: true }), z.object({})),
  keptSources: call('read', pipelineRequestSchema, z.array(keptSourceSchema)),
  /** Where every column of every node comes from. */
  lineage: call(
    'read',
    pipelineRequestSchema.extend({
      /** `hash` of the answer that the application has: the lineage is given only where it is another one. */
      known: z.string().optional(),
    }),
    z.object({ hash: z.string(), lineage: documentLineageSchema.optional() }),
  ),
  /** A column's new name in all places that use it, as edits; nothing is changed. */
  renameColumn: call('read', portRequestSchema.extend({ column: z.string(), to: z.string() }), columnRenameSchema),
  run: stream(
    'run',
    pipelineRequestSchema.extend({
      runId: z.string(),
      /** Only the loads (and what they need) above or at these nodes. Absent: all loads. */
      only: z.array(z.string()).optional(),
      /** `none` saves the counting of fused nodes' rows and the times of a query's operators; loads are always counted. */
      rowCounts: z.enum(['exact', 'none']).default('exact'),
      /** Of the run, from 1. */
      attempt: z.number().int().min(1).default(1),
      /** What earlier attempts computed; what is still right, by its hash and files, is not computed again. */
      resume: z.object({ stages: z.array(resumedStageSchema) }).optional(),
      /** These nodes and everything below; what is above is taken from staged results where they are still right. */
      from: z.array(z.string()).optional(),
      /** Up to these nodes; loads below are not run. */
      to: z.array(z.string()).optional(),
      /** At most so many per port; 0: none. */
      keepRejects: z.object({ rows: z.number().int().min(0) }).default({ rows: 100_000 }),
      /** Frozen clock, ISO. */
      now: z.string().optional(),
      /** The node's rejected rows, repaired, take the place of its input; loads append. */
      replay: replaySchema.optional(),
      /** Nothing is written: loads say what they would do. */
      dry: z.boolean().default(false),
      /** Where incremental extracts go on, by node. */
      cursors: z.record(z.string(), jsonValueSchema).default({}),
    }),
    runEventSchema,
  ),
  /** One case of a test. Nothing is written. */
  test: call(
    'run',
    pipelineRequestSchema.extend({
      /** Where the clock stands still. */
      now: z.string().optional(),
      given: z.record(z.string(), givenSchema).default({}),
      expect: z.record(z.string(), expectationSchema),
      /** Rows of a difference at most. */
      limit: z.number().int().min(1).max(10_000).default(20),
      /** All rows that came are part of the answer where there are no more than so many. */
      actualRows: z.number().int().min(0).max(100_000).default(0),
    }),
    caseResultSchema,
  ),
  /** What two versions of a pipeline give, over the same inputs and all rows. */
  diff: call(
    'read',
    z.object({
      projectRoot: z.string(),
      before: pipelineRequestSchema.omit({ projectRoot: true }),
      after: pipelineRequestSchema.omit({ projectRoot: true }),
      nodeId: z.string(),
      port: z.string().optional(),
      /** In the older version; absent: as in the newer one. */
      beforeNode: z.object({ nodeId: z.string(), port: z.string().optional() }).optional(),
      /** Columns that tell rows apart; absent: found in the data, where there are any. */
      keys: z.array(z.string()).min(1).optional(),
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    differenceSchema,
  ),
  status: call(
    'read',
    z.object({}),
    z.object({
      processId: z.number().int(),
      memoryBytes: z.number(),
      memoryLimitBytes: z.number(),
      activeQueries: z.number().int(),
    }),
  ),
} as const
export type EngineContract = typeof engineContract
