import type { SourceFacts } from '../../kit/files/source.ts'
import type { StagedTable } from '../../kit/files/stage.ts'

/** A sheet as it is to be read. */
export interface ExcelSource {
  readonly file: string
  readonly sheet: string
  readonly table: StagedTable
  /** By position in `ExcelFacts.columns`; absent where the sheet does not have the column. */
  readonly places: readonly ({ readonly index: number; readonly letters: string } | null)[]
}

export interface ExcelColumn {
  /** In the file. */
  readonly name: string
  readonly type: string
  /** Every cell is known to be of the type: nothing needs checking. */
  readonly free: boolean
  /** Letters of the kinds that its cells have; absent where not all of them were looked at. */
  readonly kinds?: string
  /** Number of cells of each kind, when there are several. */
  readonly mixed?: Readonly<Record<string, number>>
  /** Number of cells that are no value, and the first one. */
  readonly unfit?: {
    readonly errors: number
    readonly formulas: number
    readonly noDates: number
    readonly where: string
  }
}

export interface ExcelFacts {
  readonly sources: readonly ExcelSource[]
  readonly columns: readonly ExcelColumn[]
  readonly bytes: number
  readonly rows: number
  readonly source: SourceFacts
}
