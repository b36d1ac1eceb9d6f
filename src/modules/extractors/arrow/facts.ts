import type { SourceFacts } from '../../kit/files/source.ts'
import type { StagedTable } from '../../kit/files/stage.ts'

export interface ArrowFacts {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: StagedTable
  readonly bytes: number
  readonly source: SourceFacts
  readonly drift?: string
}

export const ENDINGS = ['arrow', 'arrows', 'feather', 'ipc']
export const FILE = '__logidata_file'
export const ROW = '__logidata_row'
/** What Parquet keeps as something else (arrays as lists) waits as a text. */
export const WAITS = /INTERVAL|TIME_NS|\[\d+\]/
