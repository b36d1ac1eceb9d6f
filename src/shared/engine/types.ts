import { z } from 'zod'
import { errorInfoSchema } from '../errors.ts'
import { jsonValueSchema } from '../pipeline/document.ts'

/** A column as binding sees it. `type` is DuckDB's own name, such as `DECIMAL(18,2)` or `STRUCT(a INTEGER)[]`. */
export const columnSchema = z.object({ name: z.string(), type: z.string() })
export type Column = z.infer<typeof columnSchema>

/**
 * A value on the wire: NULL, or text that loses nothing: DuckDB's own text for scalars (`12345678901234567890`, `2021-01-01 00:00:00`,
 * `NaN`), JSON for lists, structs and maps, `\x` and hexadecimal digits for BLOB. The column's type says how to read it.
 */
export const cellSchema = z.string().nullable()
export type Cell = z.infer<typeof cellSchema>

export const problemSchema = errorInfoSchema.extend({
  severity: z.enum(['error', 'warning']),
  /** Where in the file, 1-based. */
  position: z.object({ line: z.number().int(), column: z.number().int() }).optional(),
  /** Where in an expression or SQL text (UTF-16 offset from its start), for the editor's squiggle. */
  range: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
})
export type Problem = z.infer<typeof problemSchema>

const wordsSchema = z.object({ en: z.string(), fr: z.string() })

/** Of an extract over a connection and of the steps after it: how much of the work the source does in a run. */
export const pushdownSchema = z.object({
  pushed: z.enum(['all', 'part', 'none']),
  /** What the source does. */
  done: z.array(wordsSchema),
  /** Why not the rest. */
  reasons: z.array(wordsSchema),
})
export type NodePushdown = z.infer<typeof pushdownSchema>

export const nodeAnalysisSchema = z.object({
  /** Output port -> columns; a port whose columns are unknown (an error above or in it) is absent. A load has its input as `in`. */
  ports: z.record(z.string(), z.array(columnSchema)),
  /** Input port (actual names) -> columns. */
  inputs: z.record(z.string(), z.array(columnSchema)),
  /** One line in the user's terms, from the descriptor. */
  summary: z.string(),
  problems: z.array(problemSchema),
  /** Nodes of one fused query share a number; absent when the node does not compile. */
  query: z.number().int().optional(),
  pushdown: pushdownSchema.optional(),
})
export type NodeAnalysis = z.infer<typeof nodeAnalysisSchema>

export const analysisSchema = z.object({
  nodes: z.record(z.string(), nodeAnalysisSchema),
  /** Those of no single node: a cycle, a bad parameter. */
  problems: z.array(problemSchema),
  /** Number of queries that a run would issue. */
  queries: z.number().int(),
  milliseconds: z.number(),
})
export type Analysis = z.infer<typeof analysisSchema>

export const previewSchema = z.object({
  columns: z.array(columnSchema),
  /** Row by row. */
  rows: z.array(z.array(cellSchema)),
  /** `exact`: over all of the input. `sampled`: over a sample of a large source. */
  exactness: z.enum(['exact', 'sampled']),
  /** All rows of this port, where known without counting for long. */
  totalRows: z.number().int().optional(),
  /** There are more rows than these. */
  more: z.boolean(),
  milliseconds: z.number(),
  cached: z.boolean(),
  /** When the oldest of its sources was read, ISO 8601; absent where it has none over a connection. */
  asOf: z.string().optional(),
})
export type Preview = z.infer<typeof previewSchema>

/** One column's shape, for the head of the data pane. Counts are of rows in the profiled relation. */
export const columnProfileSchema = z.object({
  name: z.string(),
  type: z.string(),
  rows: z.number().int(),
  nulls: z.number().int(),
  /** Approximate beyond a few thousand. */
  distinct: z.number().int(),
  min: cellSchema,
  max: cellSchema,
  /** Numbers, dates and times: equal-width bins from min to max. */
  histogram: z.array(z.number().int()).optional(),
  /** Others: the most frequent values. */
  top: z.array(z.object({ value: cellSchema, count: z.number().int() })).optional(),
})
export type ColumnProfile = z.infer<typeof columnProfileSchema>

export const profileSchema = z.object({
  columns: z.array(columnProfileSchema),
  exactness: z.enum(['exact', 'sampled']),
  milliseconds: z.number(),
})
export type Profile = z.infer<typeof profileSchema>

/**
 * Of a node in a run. A query computes several nodes, and fails as a whole: only the node that caused it is `failed`. Those that
 * did not end because of it are `skipped`, whether their query had started or not, unless another query gives their rows.
 * `cancelled` is what somebody stopped, never the consequence of a failure.
 */
export const nodeStateSchema = z.enum(['waiting', 'running', 'done', 'failed', 'skipped', 'cancelled'])
export type NodeState = z.infer<typeof nodeStateSchema>

const forecastCountSchema = z.string().regex(/^\d+$/).optional()
/** What a load would do to its target. */
export const loadForecastSchema = z.object({
  /** Absent where it cannot be told. */
  rows: z.object({
    new: forecastCountSchema,
    changed: forecastCountSchema,
    deleted: forecastCountSchema,
    unchanged: forecastCountSchema,
  }),
  columns: z.array(
    z.object({
      name: z.string(),
      change: z.enum(['added', 'missing', 'type']),
      /** What would become of it, in words. */
      message: z.string(),
    }),
  ),
  /** Whether the target has to be made; absent where it cannot be told. */
  creates: z.boolean().optional(),
  /** Of targets that are files: how many of those that are there would go or be written anew, and how many stay. */
  files: z.object({ replaced: z.number().int(), kept: z.number().int() }).optional(),
})
export type LoadForecast = z.infer<typeof loadForecastSchema>

/** Of what the plan computes at once. `reused`: an earlier attempt computed it, and nothing that it depends on has changed. */
export const stageStateSchema = z.enum([
  'waiting',
  'running',
  'retrying',
  'done',
  'reused',
  'failed',
  'skipped',
  'cancelled',
])
export type StageState = z.infer<typeof stageStateSchema>

/** Decimal digits: a count may pass 2^53. */
const countSchema = z.string().regex(/^\d+$/)

export const stagedFileSchema = z.object({
  /** Relative to the project. */
  path: z.string(),
  bytes: z.number().int(),
})
export type StagedFile = z.infer<typeof stagedFileSchema>

/** What a node took; what was not measured is absent. */
export const nodeMetricsSchema = z.object({
  /** From its start to its end; nodes of one query overlap. */
  milliseconds: z.number().optional(),
  /** Of all threads together. */
  cpuMilliseconds: z.number().optional(),
  bytesRead: z.number().optional(),
  bytesWritten: z.number().optional(),
  peakMemoryBytes: z.number().optional(),
  spilledBytes: z.number().optional(),
})
export type NodeMetrics = z.infer<typeof nodeMetricsSchema>

/** Rows by port that went in, came out and were rejected. Whether they must add up depends on what the node does. */
export const rowBalanceSchema = z.object({
  in: z.record(z.string(), countSchema),
  out: z.record(z.string(), countSchema),
  rejected: z.record(z.string(), countSchema),
  balanced: z.boolean(),
})
export type RowBalance = z.infer<typeof rowBalanceSchema>

export const keptRejectsSchema = z.object({
  rows: countSchema,
  /** How many of them the file holds. */
  kept: countSchema,
  /** Parquet, relative to the project; absent when nothing was kept. */
  file: z.string().optional(),
})
export type KeptRejects = z.infer<typeof keptRejectsSchema>

/** What a run says while it goes. The last one is always `finished`. */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    runId: z.string(),
    at: z.string(),
    nodes: z.array(z.string()),
    /** From 1; a run that is resumed goes on with the next one. */
    attempt: z.number().int().optional(),
    stages: z
      .array(
        z.object({
          key: z.string(),
          kind: z.enum(['keep', 'load']),
          nodes: z.array(z.string()),
          needs: z.array(z.string()),
        }),
      )
      .optional(),
  }),
  z.object({
    kind: z.literal('stage'),
    key: z.string(),
    state: stageStateSchema,
    /** Of this stage within the run's attempt, from 1. */
    attempt: z.number().int(),
    at: z.string(),
    /** Of everything that the result depends on: equal hashes are equal results. */
    hash: z.string().optional(),
    files: z.array(stagedFileSchema).optional(),
    rows: z.record(z.string(), countSchema).optional(),
    milliseconds: z.number().optional(),
    retryInMilliseconds: z.number().optional(),
    error: errorInfoSchema.optional(),
  }),
  z.object({
    kind: z.literal('node'),
    nodeId: z.string(),
    state: nodeStateSchema,
    /** When it came to be so; events may arrive a little later. */
    at: z.string().optional(),
    /**
     * Rows per output port (a load: rows written, as `in`). Ports that were not counted are absent: nobody asked, or the counting
     * failed, which a line in the log says.
     */
    rows: z.record(z.string(), z.string()).optional(),
    milliseconds: z.number().optional(),
    /** Files that a load wrote, relative to the project. */
    written: z.array(z.string()).optional(),
    metrics: nodeMetricsSchema.optional(),
    balance: rowBalanceSchema.optional(),
    /** By reject port. */
    rejects: z.record(z.string(), keptRejectsSchema).optional(),
    error: errorInfoSchema.optional(),
  }),
  /** What an expectation on the rows of a port came to. */
  z.object({
    kind: z.literal('check'),
    nodeId: z.string(),
    port: z.string(),
    /** Its name in the file, or what it says. */
    check: z.string(),
    severity: z.enum(['warn', 'fail']),
    state: z.enum(['passed', 'failed', 'error']),
    rows: countSchema.optional(),
    failing: countSchema.optional(),
    message: z.string().optional(),
  }),
  z.object({
    kind: z.literal('log'),
    at: z.string(),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    nodeId: z.string().optional(),
    stage: z.string().optional(),
  }),
  /** Where the next run of an incremental extract goes on, once the rows of this one are loaded. */
  z.object({ kind: z.literal('cursor'), nodeId: z.string(), state: jsonValueSchema }),
  /** Of a dry run: what a load would do. */
  z.object({ kind: z.literal('forecast'), nodeId: z.string(), forecast: loadForecastSchema }),
  /** Share of the whole run, 0 to 1. Not kept. */
  z.object({ kind: z.literal('progress'), fraction: z.number(), nodeId: z.string().optional() }),
  z.object({
    kind: z.literal('finished'),
    state: z.enum(['succeeded', 'failed', 'cancelled']),
    milliseconds: z.number(),
    error: errorInfoSchema.optional(),
  }),
])
export type RunEvent = z.infer<typeof runEventSchema>

/** What the data gives for a field: the keys of the config that change, and whether all of the data was read. */
export const fieldSuggestionSchema = z.object({
  config: z.record(z.string(), z.unknown()),
  entries: z.number().int(),
  exactness: z.enum(['exact', 'sampled']),
  /** There are more entries than a field should hold. */
  more: z.boolean(),
})
export type FieldSuggestion = z.infer<typeof fieldSuggestionSchema>

/** A source over a connection, and of when the rows are that were read of it; absent: not all were read yet. */
export const keptSourceSchema = z.object({ nodeId: z.string(), at: z.string().optional() })
export type KeptSource = z.infer<typeof keptSourceSchema>

export const fileDetectionSchema = z.object({
  config: z.record(z.string(), z.unknown()),
  preview: previewSchema.optional(),
})
export type FileDetection = z.infer<typeof fileDetectionSchema>
