import type { TypeNote } from '../../kit/files/detect-type.ts'
import type { Dialect } from '../../kit/files/record-splitter.ts'
import type { SourceFacts } from '../../kit/files/source.ts'

/** One file, as it is to be read. */
export interface CsvFile {
  readonly path: string
  readonly name: string
  readonly compression: 'none' | 'gzip' | 'zstd'
  readonly dialect: Dialect
  readonly header: boolean
  /** What ends its rows, as `read_csv` names it. */
  readonly newline: string
  /** Names of its columns, in its order. */
  readonly columns: readonly string[]
  /** It was rewritten as Parquet, since DuckDB cannot read it as it is or cannot say which rows are bad. */
  readonly staged?: { readonly rows: string; readonly rejects: string }
}

export interface CsvColumnFacts {
  /** In the file. */
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly decimalSeparator?: string
  readonly thousandsSeparator?: string
  readonly note?: TypeNote
  /** Values that show why, where a person should decide. */
  readonly examples?: readonly string[]
}

export interface CsvFacts {
  readonly files: readonly CsvFile[]
  /** Of all files, in the order in which they were met. */
  readonly columns: readonly CsvColumnFacts[]
  readonly bytes: number
  readonly source: SourceFacts
  /** How the columns of several files differ. */
  readonly drift?: string
}

/** Columns of ours, which stand beside those of the file. */
export const FILE = '__logidata_file'
export const LINE = '__logidata_line'
export const ROW = '__logidata_row'
