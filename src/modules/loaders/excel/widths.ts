import type { Column } from '../../../shared/engine/types.ts'
import { columnNumber } from '../../kit/files/spreadsheet-columns.ts'
import type { ExcelLoadConfig } from './descriptor.ts'
import { columnOptions } from './sheets.ts'

const NARROWEST = 6
const WIDEST = 60
const CELL = /<c r="([A-Z]+)\d+"[^>]*>(?:<v>([^<]*)|<is><t[^>]*>([^<]*))/g

/** Widths in characters, from the header and the XML of the first rows: all rows have not been seen when they are to be written. */
export function widthsOf(
  config: ExcelLoadConfig,
  columns: readonly Column[],
  rows: readonly (readonly (string | null)[])[],
): (number | undefined)[] {
  const given = columns.map((column) => columnOptions(config, column)?.width)
  if (config.widths === 'none') return given
  const longest = columns.map(({ name }) => (config.header ? name.length + 1 : 0))
  for (const row of rows.slice(0, 200)) {
    let index = -1
    let letters = ''
    for (const [, column = '', number, text] of (row[2] ?? '').matchAll(CELL)) {
      // Columns come in their order; those that are empty are left out.
      if (column !== letters) index = columnNumber(column) - 1
      letters = column
      const length = (number ?? text ?? '').length
      if (length > (longest[index] ?? 0)) longest[index] = length
    }
  }
  return columns.map((column, index) => {
    const fixed = given[index]
    if (fixed !== undefined) return fixed
    const header = config.header ? column.name.length + 1 : 0
    const own = ownWidth(column, config)
    const width = own === undefined ? (longest[index] ?? 0) : Math.max(own, header)
    return Math.min(WIDEST, Math.max(NARROWEST, width)) + 1
  })
}

/** A serial number says nothing about how wide its date is. */
function ownWidth({ type }: Column, config: ExcelLoadConfig): number | undefined {
  if (type === 'DATE') return config.date_format.length
  if (type.startsWith('TIMESTAMP')) return config.timestamp_format.length
  return type === 'TIME' || type === 'INTERVAL' ? 10 : undefined
}
