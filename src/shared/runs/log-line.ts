import { z } from 'zod'

export const logLevelSchema = z.enum(['debug', 'info', 'warn', 'error'])
export type LogLevel = z.infer<typeof logLevelSchema>

/** A line of a project's log. */
export const logLineSchema = z.object({
  at: z.string(),
  level: logLevelSchema,
  message: z.string(),
  /** `run`: what became of a run and its nodes; `engine`: what the engine said; `engine-process`: its standard error. */
  source: z.string().optional(),
  runId: z.string().optional(),
  attempt: z.number().int().optional(),
  nodeId: z.string().optional(),
  stage: z.string().optional(),
  /** Of the first line of a page: where the page before it ends, for `before` of the filter. Absent when nothing is older. */
  older: z.string().optional(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const logFilterSchema = z.object({
  runId: z.string().optional(),
  nodeId: z.string().optional(),
  /** And what is graver. */
  level: logLevelSchema.default('info'),
  /** In the message, whatever the case of its letters. */
  contains: z.string().optional(),
  /** How many of the lines that are there; the newest of them. */
  limit: z.number().int().min(0).max(10_000).default(1_000),
  /** Only what is older than this place, which a page's first line names in `older`. */
  before: z.string().optional(),
  /** Goes on with what is written from now. */
  follow: z.boolean().default(true),
})
export type LogFilter = z.output<typeof logFilterSchema>

const LEVELS: readonly LogLevel[] = logLevelSchema.options

export function matchesLog(line: LogLine, { runId, nodeId, level, contains }: LogFilter): boolean {
  if (LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return false
  if (runId !== undefined && line.runId !== runId) return false
  if (nodeId !== undefined && line.nodeId !== nodeId) return false
  return !contains || line.message.toLowerCase().includes(contains.toLowerCase())
}
