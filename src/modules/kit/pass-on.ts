import type { Cell } from '../../shared/engine/types.ts'
import type { CellValue } from './contract.ts'
import { isFloat, isScalar, type SqlType } from './types.ts'

/** A cell of the input as what code gives for it, for the writer. @param type of its column; nested ones have no such value */
export function passOn(cell: Cell, type: SqlType): CellValue {
  if (cell === null) return null
  if (isScalar(type, 'BOOLEAN')) return cell === 'true'
  if (isScalar(type, 'TINYINT', 'SMALLINT', 'INTEGER')) return Number(cell)
  if (isScalar(type, 'BIGINT')) return BigInt(cell)
  if (isFloat(type)) return floatOf(cell)
  if (isScalar(type, 'BLOB')) return Buffer.from(cell.slice(2), 'hex')
  return cell
}

/** Of the text of a FLOAT or DOUBLE. */
export function floatOf(text: string): number {
  if (/^nan$/i.test(text)) return Number.NaN
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}
