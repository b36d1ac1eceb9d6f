import type { Column } from '../../../shared/engine/types.ts'
import { cellText } from '../../kit/cells.ts'
import type { InputRelation } from '../../kit/contract.ts'
import { columnLetters } from '../../kit/files/spreadsheet-columns.ts'
import { joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { cellXml } from './cell-xml.ts'
import type { ExcelLoadConfig } from './descriptor.ts'
import type { PlannedSheet } from './sheets.ts'

export interface RowQueryRequest {
  readonly config: ExcelLoadConfig
  readonly input: InputRelation
  readonly sheet: PlannedSheet
  /** Of each of the sheet's columns; 0 is none. */
  readonly styles: readonly number[]
  /** Of a sheet, with its header. */
  readonly mostRows: number
}

/** Each row as its sheet's value, the number of the sheet for that value, and its XML. Columns go by position: names may be anything. */
export function rowQuery({ config, input, sheet, styles, mostRows }: RowQueryRequest): Sql {
  const { by, columns } = sheet
  const room = mostRows - (config.header ? 1 : 0)
  const first = config.header ? 2 : 1
  const nameOf = (column: Column) => raw(`c${input.columns.indexOf(column)}`)
  const names = joinSql(input.columns.map(nameOf))
  const given = sql`(SELECT * FROM ${input.name}) AS given(${names})`
  const numbered = by
    ? sql`SELECT *, row_number() OVER (PARTITION BY ${nameOf(by)} ORDER BY nr) - 1 AS place FROM (SELECT *, row_number() OVER () AS nr FROM ${given})`
    : sql`SELECT *, row_number() OVER () - 1 AS place FROM ${given}`
  const cells = columns.map((column, index) =>
    cellXml({
      column,
      letters: columnLetters(index + 1),
      value: nameOf(column),
      row: raw('nth'),
      style: styles[index] ?? 0,
      config,
    }),
  )
  const xml = sql`concat('<row r="', nth, '">', ${joinSql(cells.length > 0 ? cells : [literal('')])}, '</row>')`
  const key = by ? cellText(nameOf(by), by.type) : raw('NULL::VARCHAR')
  const order = by ? sql` ORDER BY ${nameOf(by)} NULLS LAST, place` : sql``
  return sql`SELECT ${key} AS sheet, CAST(place // ${room} AS VARCHAR) AS part, ${xml} AS xml FROM (SELECT *, CAST(place % ${room} + ${first} AS VARCHAR) AS nth FROM (${numbered}))${order}`
}
