import type { Writable } from 'node:stream'
import type { RowSink } from '../../kit/contract.ts'
import type { Sql } from '../../kit/sql.ts'

/** What `textPipe` is asked to move. */
export interface TextPipe {
  readonly sink: Pick<RowSink, 'copy' | 'temporary'>
  /** Of the file's name: `.csv`, `.json`. */
  readonly ending: string
  /** Reads the text at a path, once, from its beginning to its end; it may stop early. No header is expected. */
  readonly select: (path: string) => Sql
  /**
   * Writes the text, whole records with a line break after the last, and waits for it (`pipeline(source, to, { signal })`). What it needs
   * must be open before: this thread pool may be busy by then. Need not end `to`.
   */
  readonly fill: (to: Writable, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  /** Where line breaks within records stand between quotes, the quote. */
  readonly quote?: string
  /** For tests, and where there are no named pipes. */
  readonly segmentBytes?: number
}
