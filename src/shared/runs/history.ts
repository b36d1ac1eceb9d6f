import { z } from 'zod'
import {
  keptRejectsSchema,
  nodeMetricsSchema,
  nodeStateSchema,
  rowBalanceSchema,
  stagedFileSchema,
  stageStateSchema,
} from '../engine/types.ts'
import { errorInfoSchema } from '../errors.ts'
import { documentSchema } from '../pipeline/document.ts'

/** `interrupted`: the application or the engine ended before the run did; it can be resumed. */
export const runStateSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'])
export type RunState = z.infer<typeof runStateSchema>

/** Who asked for a run. */
export const runTriggerSchema = z.object({
  by: z.enum(['studio', 'command', 'schedule', 'replay']),
  /** The schedule's name; the run whose rejects are replayed. */
  name: z.string().optional(),
  /** For people: `0 6 * * *`, `data/orders.csv arrived`. */
  detail: z.string().optional(),
})
export type RunTrigger = z.infer<typeof runTriggerSchema>

/** Decimal digits: a count may pass 2^53. */
const countSchema = z.string().regex(/^\d+$/)
const countsSchema = z.record(z.string(), countSchema)

export const runSummarySchema = z.object({
  runId: z.string(),
  /** From 1, in the order in which the project's runs were asked for, whatever the clock says. */
  number: z.number().int(),
  /** Pipeline file, relative to the project, with `/`. */
  path: z.string().min(1),
  /** The pipeline's own name, as it was. */
  name: z.string().optional(),
  state: runStateSchema,
  queuedAt: z.string(),
  /** Of the first attempt; absent while it never started. */
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  /** Of the last attempt. */
  milliseconds: z.number().optional(),
  /** From 1; 0 while it never started. */
  attempt: z.number().int(),
  trigger: runTriggerSchema,
  /** From 1: place in the queue. */
  position: z.number().int().optional(),
  /** `run.resume` takes it up from its last good stage. */
  resumable: z.boolean(),
  /** Of the last attempt: rows that loads wrote, rows that were rejected. */
  rowsLoaded: countSchema.optional(),
  rowsRejected: countSchema.optional(),
  /** Of the last attempt: checks that did not pass. */
  checksFailed: z.number().int(),
  checksWarned: z.number().int(),
  error: errorInfoSchema.optional(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

export const runAttemptSchema = z.object({
  attempt: z.number().int(),
  state: runStateSchema,
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  milliseconds: z.number().optional(),
  error: errorInfoSchema.optional(),
})
export type RunAttempt = z.infer<typeof runAttemptSchema>

/** Milliseconds since the attempt began, by a clock that is never set back. */
const offsetSchema = z.number()

export const runStageSchema = z.object({
  attempt: z.number().int(),
  key: z.string(),
  kind: z.enum(['keep', 'load']).optional(),
  nodes: z.array(z.string()),
  needs: z.array(z.string()),
  state: stageStateSchema,
  /** How often it was tried in this attempt of the run. */
  tries: z.number().int(),
  hash: z.string().optional(),
  files: z.array(stagedFileSchema).optional(),
  rows: countsSchema.optional(),
  from: offsetSchema.optional(),
  until: offsetSchema.optional(),
  milliseconds: z.number().optional(),
  error: errorInfoSchema.optional(),
})
export type RunStage = z.infer<typeof runStageSchema>

export const runNodeSchema = z.object({
  attempt: z.number().int(),
  nodeId: z.string(),
  state: nodeStateSchema,
  from: offsetSchema.optional(),
  until: offsetSchema.optional(),
  rows: countsSchema.optional(),
  milliseconds: z.number().optional(),
  written: z.array(z.string()).optional(),
  metrics: nodeMetricsSchema.optional(),
  balance: rowBalanceSchema.optional(),
  error: errorInfoSchema.optional(),
})
export type RunNode = z.infer<typeof runNodeSchema>

export const runRejectsSchema = keptRejectsSchema.extend({
  attempt: z.number().int(),
  nodeId: z.string(),
  port: z.string(),
})
export type RunRejects = z.infer<typeof runRejectsSchema>

export const runCheckSchema = z.object({
  runId: z.string(),
  number: z.number().int(),
  attempt: z.number().int(),
  at: z.string(),
  nodeId: z.string(),
  port: z.string(),
  check: z.string(),
  severity: z.enum(['warn', 'fail']),
  state: z.enum(['passed', 'failed', 'error']),
  rows: countSchema.optional(),
  failing: countSchema.optional(),
  message: z.string().optional(),
})
export type RunCheck = z.infer<typeof runCheckSchema>

/** Puts back a node's rejected rows, repaired, in place of its input. */
export const replaySchema = z.object({ nodeId: z.string(), file: z.string() })

/** What a run was asked to do. Kept as it was, so that it can be resumed, repeated and compared; of variables, the names alone. */
export const runRequestSchema = z.object({
  document: documentSchema,
  parameters: z.record(z.string(), z.string()),
  /** Names of the environment variables that were granted. */
  env: z.array(z.string()),
  only: z.array(z.string()).optional(),
  from: z.array(z.string()).optional(),
  to: z.array(z.string()).optional(),
  replay: replaySchema.optional(),
  /** Frozen clock, ISO. */
  now: z.string().optional(),
  /** Sources over a connection are not asked: the rows that an earlier run read are taken. */
  offline: z.boolean().optional(),
  /** False: sources do nothing of the steps after them. */
  pushdown: z.boolean().optional(),
})
export type RunRequest = z.infer<typeof runRequestSchema>

/** Everything that the journal knows of a run. Stages and nodes of every attempt. */
export const runDetailSchema = z.object({
  run: runSummarySchema,
  request: runRequestSchema,
  attempts: z.array(runAttemptSchema),
  stages: z.array(runStageSchema),
  nodes: z.array(runNodeSchema),
  rejects: z.array(runRejectsSchema),
  checks: z.array(runCheckSchema),
})
export type RunDetail = z.infer<typeof runDetailSchema>

export const runPageSchema = z.object({
  runs: z.array(runSummarySchema),
  /** Give it as `before` for the next page; absent on the last. */
  next: z.number().int().optional(),
})
export type RunPage = z.infer<typeof runPageSchema>
