import { fromDuckDbError } from '../modules/kit/duckdb-error.ts'
import { cancelledError, LogiDataError } from '../shared/errors.ts'

/** DuckDB's own account of what went wrong (`errors_as_json`). */
export interface DuckDBFailure {
  readonly type: string
  readonly subtype: string
  readonly message: string
  /** UTF-16 offset in the statement. */
  readonly position?: number
  /** What was not found. */
  readonly name?: string
}

/** An error of DuckDB in our words. `failure` keeps what attributing it to a field needs. */
export class QueryError extends LogiDataError {
  readonly failure: DuckDBFailure
  readonly statement: string
  constructor(failure: DuckDBFailure, statement: string) {
    // Modules that explain their errors read DuckDB's plain words from the cause, so these are what it holds, not the JSON.
    const said = new Error(`${failure.type} Error: ${failure.message}`)
    const { kind, code, message, ...rest } = fromDuckDbError(said).info
    super(kind, code, message, { ...rest, cause: said })
    this.failure = failure
    this.statement = statement
  }
}

/** What DuckDB threw while it worked on `statement`; anything else comes back as it is. */
export function queryError(thrown: unknown, statement: string): unknown {
  if (thrown instanceof LogiDataError || !(thrown instanceof Error)) return thrown
  const failure = readFailure(thrown.message, statement)
  if (failure.type.toUpperCase() === 'INTERRUPT') return cancelledError()
  return new QueryError(failure, statement)
}

export function readFailure(text: string, statement: string): DuckDBFailure {
  const json = parseObject(text)
  if (!json) {
    const match = /^([A-Za-z ]+?)(?: Error)?: ([\s\S]*)$/.exec(text)
    return { type: match?.[1] ?? '', subtype: '', message: match?.[2] ?? text }
  }
  const position = json.position === undefined ? undefined : utf16Offset(statement, Number(json.position))
  return {
    type: (json.exception_type ?? '').trim(),
    subtype: json.error_subtype ?? '',
    message: json.exception_message ?? text,
    ...(position === undefined ? {} : { position }),
    ...(json.name === undefined ? {} : { name: json.name }),
  }
}

function parseObject(text: string): Record<string, string> | undefined {
  const start = text.indexOf('{')
  if (start < 0) return undefined
  try {
    return JSON.parse(text.slice(start)) as Record<string, string>
  } catch {
    return undefined
  }
}

/** DuckDB counts bytes of UTF-8. */
function utf16Offset(text: string, bytes: number): number {
  if (!Number.isFinite(bytes)) return 0
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length
}
