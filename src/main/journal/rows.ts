import { z } from 'zod'
import {
  nodeMetricsSchema,
  nodeStateSchema,
  rowBalanceSchema,
  stagedFileSchema,
  stageStateSchema,
} from '../../shared/engine/types.ts'
import { errorInfoSchema } from '../../shared/errors.ts'
import {
  type RunAttempt,
  type RunCheck,
  type RunNode,
  type RunRejects,
  type RunStage,
  type RunSummary,
  runCheckSchema,
  runStateSchema,
  runTriggerSchema,
} from '../../shared/runs/history.ts'

/** A column of JSON text. */
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)

const counts = z.record(z.string(), z.string().regex(/^\d+$/))
const optional = <T extends z.ZodType>(schema: T) => schema.nullable()
const maybeText = optional(z.string())
const maybeNumber = optional(z.number())
const maybeError = optional(json(errorInfoSchema))

const summaryRow = z.object({
  number: z.number().int(),
  run_id: z.string(),
  path: z.string().min(1),
  name: maybeText,
  state: runStateSchema,
  queued_at: z.string(),
  started_at: maybeText,
  finished_at: maybeText,
  milliseconds: maybeNumber,
  attempt: z.number().int(),
  trigger: json(runTriggerSchema),
  document_hash: maybeText,
  rows_loaded: maybeText,
  rows_rejected: maybeText,
  checks_failed: z.number().int(),
  checks_warned: z.number().int(),
  error: maybeError,
})
/** What `summaryOf` reads, of `runs`. */
export const SUMMARY_COLUMNS = Object.keys(summaryRow.shape).join(', ')

const attemptRow = z.object({
  attempt: z.number().int(),
  state: runStateSchema,
  started_at: z.string(),
  finished_at: maybeText,
  milliseconds: maybeNumber,
  error: maybeError,
})

const stageRow = z.object({
  attempt: z.number().int(),
  key: z.string(),
  kind: optional(z.enum(['keep', 'load'])),
  nodes: json(z.array(z.string())),
  needs: json(z.array(z.string())),
  state: stageStateSchema,
  tries: z.number().int(),
  hash: maybeText,
  files: optional(json(z.array(stagedFileSchema))),
  rows: optional(json(counts)),
  from: maybeNumber,
  until: maybeNumber,
  milliseconds: maybeNumber,
  error: maybeError,
})

const nodeRow = z.object({
  attempt: z.number().int(),
  node_id: z.string(),
  state: nodeStateSchema,
  from: maybeNumber,
  until: maybeNumber,
  rows: optional(json(counts)),
  milliseconds: maybeNumber,
  written: optional(json(z.array(z.string()))),
  metrics: optional(json(nodeMetricsSchema)),
  balance: optional(json(rowBalanceSchema)),
  error: maybeError,
})

const rejectsRow = z.object({
  attempt: z.number().int(),
  node_id: z.string(),
  port: z.string(),
  rows: z.string(),
  kept: z.string(),
  file: maybeText,
})

const RESUMABLE: ReadonlySet<string> = new Set(['failed', 'cancelled', 'interrupted'])

export function summaryOf(row: unknown, position?: number): RunSummary {
  const read = summaryRow.parse(row)
  return present({
    runId: read.run_id,
    number: read.number,
    path: read.path,
    name: read.name,
    state: read.state,
    queuedAt: read.queued_at,
    startedAt: read.started_at,
    finishedAt: read.finished_at,
    milliseconds: read.milliseconds,
    attempt: read.attempt,
    trigger: read.trigger,
    position: position ?? null,
    // Those of earlier versions were kept without their pipeline.
    resumable: RESUMABLE.has(read.state) && read.document_hash !== null,
    rowsLoaded: read.rows_loaded,
    rowsRejected: read.rows_rejected,
    checksFailed: read.checks_failed,
    checksWarned: read.checks_warned,
    error: read.error,
  })
}

export function attemptOf(row: unknown): RunAttempt {
  const { started_at, finished_at, ...rest } = attemptRow.parse(row)
  return present({ ...rest, startedAt: started_at, finishedAt: finished_at })
}

export const stageOf = (row: unknown): RunStage => present(stageRow.parse(row))

export function nodeOf(row: unknown): RunNode {
  const { node_id, ...rest } = nodeRow.parse(row)
  return present({ ...rest, nodeId: node_id })
}

export function rejectsOf(row: unknown): RunRejects {
  const { node_id, ...rest } = rejectsRow.parse(row)
  return present({ ...rest, nodeId: node_id })
}

/** Columns: those of `checks`, with `run_id` and `number` of the run. */
export function checkOf(row: unknown): RunCheck {
  const plain = z.record(z.string(), z.unknown()).parse(row)
  const { run_id, node_id, run: _run, path: _path, ...rest } = plain
  return runCheckSchema.parse(present({ ...rest, runId: run_id, nodeId: node_id }))
}

type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null>
}

/** Without what is NULL: absent, as everywhere else. */
function present<T extends object>(row: T): Present<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>
}
