/** How a column's cells become JavaScript values: texts as they are, numbers, booleans, or JSON. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'json'

export interface SandboxOptions {
  readonly mode: 'row' | 'batch'
  readonly code: string
  /** Names and kinds of what comes in, and names of what goes out. */
  readonly names: readonly string[]
  readonly kinds: readonly ValueKind[]
  readonly outputs: readonly string[]
  readonly seconds: number
  readonly memoryBytes: number
  /** Where the script's clock stands still, ISO 8601. */
  readonly now?: string
}

export interface SandboxRequest {
  /** Rows of cells, as JSON. */
  readonly rows: string
  /** Number of the first of them, from 0. */
  readonly start: number
}

/** Per row (one entry for a whole batch): the rows that it gave, as texts; or what it threw. */
export type SandboxResult = readonly (
  | { readonly rows: readonly (readonly (string | null)[])[]; readonly error?: undefined }
  | { readonly rows?: undefined; readonly error: string }
)[]

export type SandboxAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: string }
  /** `syntax`: it could not be read. `limit`: time or memory. */
  | { readonly kind: 'failed'; readonly reason: 'syntax' | 'time' | 'memory' | 'other'; readonly message: string }
