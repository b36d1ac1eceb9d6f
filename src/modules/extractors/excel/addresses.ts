import { columnNumber } from '../../kit/files/spreadsheet-columns.ts'

/** Part of a sheet, 1-based and inclusive. */
export interface Area {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

export const LAST_ROW = 1_048_576
export const LAST_COLUMN = 16_384
export const WHOLE: Area = { top: 1, left: 1, bottom: LAST_ROW, right: LAST_COLUMN }

/**
 * `A1:D20`, `B:F`, `2:50`, `C3` (one cell), `C3:` (from there on); `$` is ignored.
 * @returns undefined for anything else
 */
export function parseArea(text: string): Area | undefined {
  const match = /^\$?([A-Z]{1,3})?\$?(\d{1,7})?(:)?\$?([A-Z]{1,3})?\$?(\d{1,7})?$/i.exec(text.trim())
  if (!match) return undefined
  const [, left, top, colon, right, bottom] = match
  if (!left && !top) return undefined
  if (colon === undefined && !(left && top)) return undefined
  const open = colon !== undefined && right === undefined && bottom === undefined
  const area = {
    left: left ? columnNumber(left) : 1,
    top: top ? Number(top) : 1,
    right: right
      ? columnNumber(right)
      : colon === undefined && left
        ? columnNumber(left)
        : open || !left
          ? LAST_COLUMN
          : undefined,
    bottom: bottom ? Number(bottom) : colon === undefined && top ? Number(top) : LAST_ROW,
  }
  if (area.right === undefined) return undefined
  const valid =
    area.left <= area.right &&
    area.top <= area.bottom &&
    area.right <= LAST_COLUMN &&
    area.bottom <= LAST_ROW &&
    area.top >= 1
  return valid ? { left: area.left, top: area.top, right: area.right, bottom: area.bottom } : undefined
}
