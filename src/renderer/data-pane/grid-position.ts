/** A cell of the grid; row and column count from 0. */
export interface GridPosition {
  readonly row: number
  readonly column: number
}

export interface GridSelection {
  /** Where the selection began; the keyboard moves `focus` and keeps it while Shift is held. */
  readonly anchor: GridPosition
  readonly focus: GridPosition
}

interface GridSize {
  readonly rows: number
  readonly columns: number
  /** Rows that fit the pane. */
  readonly page: number
}

interface Key {
  readonly key: string
  readonly ctrl: boolean
  readonly shift: boolean
}

const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value))

/** The selection after a key press, or undefined when the key is none of the grid's. */
export function moveSelection(selection: GridSelection, pressed: Key, size: GridSize): GridSelection | undefined {
  const { row, column } = selection.focus
  const target = moved(row, column, pressed, size)
  if (!target) return undefined
  const focus = { row: clamp(target.row, size.rows), column: clamp(target.column, size.columns) }
  return { anchor: pressed.shift && pressed.key !== 'Tab' ? selection.anchor : focus, focus }
}

function moved(row: number, column: number, { key, ctrl, shift }: Key, size: GridSize): GridPosition | undefined {
  switch (key) {
    case 'ArrowUp':
      return { row: ctrl ? 0 : row - 1, column }
    case 'ArrowDown':
      return { row: ctrl ? size.rows - 1 : row + 1, column }
    case 'ArrowLeft':
      return { row, column: ctrl ? 0 : column - 1 }
    case 'ArrowRight':
      return { row, column: ctrl ? size.columns - 1 : column + 1 }
    case 'Home':
      return { row: ctrl ? 0 : row, column: 0 }
    case 'End':
      return { row: ctrl ? size.rows - 1 : row, column: size.columns - 1 }
    case 'PageUp':
      return { row: row - size.page, column }
    case 'PageDown':
      return { row: row + size.page, column }
    case 'Enter':
      return { row: shift ? row - 1 : row + 1, column }
    default:
      return undefined
  }
}

export interface GridRange {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

export function rangeOf({ anchor, focus }: GridSelection): GridRange {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  }
}

export const isWithin = (range: GridRange, row: number, column: number): boolean =>
  row >= range.top && row <= range.bottom && column >= range.left && column <= range.right
