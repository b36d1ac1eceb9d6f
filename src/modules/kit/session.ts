// What a step may touch of the outside: files of the project, and a DuckDB that reaches nothing else.
import type { Cell, Column } from '../../shared/engine/types.ts'
import type { Sql } from './sql.ts'

/** A file of the project, as its module reads it. */
export interface InputFile {
  /** Absolute, links resolved, inside a granted folder. */
  readonly path: string
  /** As people know it: relative to the project, with `/`. */
  readonly name: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/** What a module may know of the file system. Every path is relative to the project. */
export interface ProjectFiles {
  /**
   * Expands a path or glob, sorted by name.
   * @throws LogiDataError `file.not-found`, `file.outside-project`, `file.unreadable`
   */
  inputs(pathOrGlob: string): Promise<InputFile[]>
  /**
   * Where to write. Parent folders are made when it is written, not here.
   * @throws LogiDataError `file.outside-project`
   */
  output(path: string): Promise<{ readonly path: string; readonly name: string }>
  /** Absolute folder for what can be made again, inside the project's `.logidata/`; exists. */
  readonly staging: string
}

/**
 * What code gives for a cell of a column: BOOLEAN a boolean; TINYINT to INTEGER, FLOAT and DOUBLE a number; BIGINT a bigint; BLOB bytes.
 * Every other type (DECIMAL, TIMESTAMP, UBIGINT, lists, …) and VARCHAR a text, which DuckDB casts: what it cannot cast is an error.
 */
export type CellValue = null | string | number | bigint | boolean | Uint8Array

/**
 * Rows from code on their way into Parquet. They are held in DuckDB until `save`, so write a file every few hundred thousand rows:
 * `stage` in `files/stage.ts` does that, and all the rest (names, reuse, clean-up); a module hardly needs this itself.
 */
export interface ParquetWriter {
  /** Since the last `save`. */
  readonly rows: number
  /** Not asynchronous: nothing but memory is touched. @throws TypeError for a value that is not of its column's type */
  append(rows: readonly (readonly CellValue[])[]): void
  /** Writes what was appended since the last time, none included, as a file of its own. @throws LogiDataError */
  save(path: string): Promise<void>
  /** Always to be called, also after an abort. */
  close(): Promise<void>
}

/** One DuckDB connection, locked down to the project's folders. */
export interface QuerySession {
  /** All rows, as exact text (see `Cell`). For small results. @throws LogiDataError */
  query(sql: Sql): Promise<{ readonly columns: Column[]; readonly rows: Cell[][] }>
  /** @throws LogiDataError */
  execute(sql: Sql): Promise<{ readonly rowsChanged: bigint }>
  /**
   * The rows of a SELECT in batches of up to 2,048, as they are computed: however many there are, memory stays bounded. Cells are
   * exact text, as in `query`. Leaving the loop early or an abort ends the query. Until then the session does nothing else.
   * About 1 million cells a second: let DuckDB join cells into longer texts where that serves.
   * @throws LogiDataError
   */
  stream(sql: Sql): AsyncIterable<readonly (readonly Cell[])[]>
  /** @throws LogiDataError `type.unknown`; `stage.type` for a type that Parquet would change (HUGEINT, INTERVAL, …) */
  writer(columns: readonly Column[]): Promise<ParquetWriter>
}
