import { z } from 'zod'

/**
 * Who has to act on an error: `user` (the pipeline, the data or the request is wrong), `operational` (the world is:
 * a file vanished, a disk is full), `cancelled` (somebody asked for it; never shown as a failure), `bug` (ours).
 */
export const errorKindSchema = z.enum(['user', 'operational', 'cancelled', 'bug'])
export type ErrorKind = z.infer<typeof errorKindSchema>

/** The one shape in which an error leaves a process: over RPC, in `--json`, in the problems list. */
export const errorInfoSchema = z.object({
  /** Stable and dotted, for programs: `file.not-found`, `expression.syntax`. */
  code: z.string(),
  kind: errorKindSchema,
  /** What happened and where, in one sentence for people. */
  message: z.string(),
  /** What to do next. */
  hint: z.string().optional(),
  nodeId: z.string().optional(),
  /** Path inside the node's config: `['measures', 0, 'column']`. */
  field: z.array(z.union([z.string(), z.number()])).optional(),
  /** Where in the field's expression or SQL text: UTF-16 offsets from its start. */
  range: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
})
export type ErrorInfo = z.infer<typeof errorInfoSchema>

type ErrorDetails = Omit<ErrorInfo, 'code' | 'kind' | 'message'> & { cause?: unknown }

/** An error that knows who has to act and what to do. Everything thrown on purpose is one of these. */
export class LogiDataError extends Error {
  override readonly name = 'LogiDataError'
  readonly info: ErrorInfo

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    const { cause, ...rest } = details
    super(message, cause === undefined ? undefined : { cause })
    this.info = { code, kind, message, ...rest }
  }
}

export const userError = (code: string, message: string, details?: ErrorDetails) =>
  new LogiDataError('user', code, message, details)
export const operationalError = (code: string, message: string, details?: ErrorDetails) =>
  new LogiDataError('operational', code, message, details)
export const cancelledError = () => new LogiDataError('cancelled', 'cancelled', 'Cancelled.')

/** Turns anything thrown into an `ErrorInfo`. What we did not throw ourselves is a bug and keeps no stack trace. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof LogiDataError) return thrown.info
  if (thrown instanceof Error && thrown.name === 'AbortError') return cancelledError().info
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal', kind: 'bug', message }
}

export function fromErrorInfo(info: ErrorInfo): LogiDataError {
  const { code, kind, message, ...rest } = info
  return new LogiDataError(kind, code, message, rest)
}
