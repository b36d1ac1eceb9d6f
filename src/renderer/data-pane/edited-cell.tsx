import { useRef, useState } from 'react'
import type { Cell } from '../../shared/engine/types.ts'
import { t } from '../i18n/index.ts'
import { keysOf } from '../keys/this-keyboard.ts'
import type { GridPosition } from './grid-position.ts'

/** What may be changed in a grid, and how it shows. */
export interface GridEditing {
  canEdit(at: GridPosition): boolean
  change(at: GridPosition, value: Cell): void
  /** Classes of the cell, each after a space. */
  markOf(at: GridPosition): string
  isLeftOut(row: number): boolean
  leaveOut(row: number, leftOut: boolean): void
}

/** Enter keeps what was typed, Escape does not; `onEnd` is told undefined then. Nothing typed into a null cell leaves it null. */
export function EditedCell(props: {
  readonly name: string
  readonly cell: Cell
  readonly onEnd: (value: Cell | undefined) => void
}) {
  const [value, setValue] = useState(props.cell ?? '')
  const ended = useRef(false)
  const end = (kept: Cell | undefined) => {
    if (ended.current) return
    ended.current = true
    props.onEnd(kept)
  }
  const keep = () => end(value === (props.cell ?? '') ? undefined : value)
  return (
    <>
      <input
        className="cell-input"
        // biome-ignore lint/a11y/noAutofocus: the person asked to type here.
        autoFocus
        aria-label={props.name}
        value={value}
        placeholder="null"
        onFocus={(event) => event.target.select()}
        onChange={(event) => setValue(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Escape') end(undefined)
          else if (event.key === 'Enter' || event.key === 'Tab') {
            event.preventDefault()
            keep()
          } else if (event.key === 'Backspace' && (event.ctrlKey || event.metaKey) && event.altKey) end(null)
        }}
      />
      {props.cell !== null && (
        <button
          type="button"
          className="cell-to-null"
          title={t('rejects.toNull', { keys: keysOf('toNull') })}
          aria-label={t('rejects.toNull', { keys: keysOf('toNull') })}
          // The field keeps the focus: losing it would keep what was typed.
          onMouseDown={(event) => event.preventDefault()}
          onPointerDown={(event) => event.stopPropagation()}
          onDoubleClick={(event) => event.stopPropagation()}
          onClick={(event) => {
            event.stopPropagation()
            end(null)
          }}
        >
          NULL
        </button>
      )}
    </>
  )
}

/** At the head of a row: whether it takes part. */
export function LeaveOut({ row, editing }: { readonly row: number; readonly editing: GridEditing }) {
  const isOut = editing.isLeftOut(row)
  return (
    <input
      type="checkbox"
      className="grid-take"
      checked={!isOut}
      aria-label={t('rejects.take', { row: row + 1 })}
      title={t(isOut ? 'rejects.leftOut' : 'rejects.leaveOut')}
      onChange={() => editing.leaveOut(row, !isOut)}
    />
  )
}
