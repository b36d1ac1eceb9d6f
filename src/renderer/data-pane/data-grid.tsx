// biome-ignore-all lint/a11y/useSemanticElements: a table's own elements cannot be placed one by one.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus for all of its cells.
import './data-grid.css'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Cell, Column, Profile } from '../../shared/engine/types.ts'
import { t } from '../i18n/index.ts'
import { CellInspector } from './cell-inspector.tsx'
import { ColumnHead } from './column-head.tsx'
import { isNumeric } from './column-types.ts'
import { copyRange } from './copy-cells.ts'
import { EditedCell, type GridEditing, LeaveOut } from './edited-cell.tsx'
import { estimateWidth, formatCell } from './format-cell.ts'
import { type GridPosition, type GridSelection, isWithin, moveSelection, rangeOf } from './grid-position.ts'

const ROW = 26
const HEAD = 84
const BARE_HEAD = 33

export interface DataGridProps {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly profile?: Profile | undefined
  /** No profile will come: heads are names only, and no room is kept for more. */
  readonly bare?: boolean
  readonly stale?: boolean
  readonly onEnd?: () => void
  /** Column to bring into view. */
  readonly reveal?: { readonly index: number } | undefined
  /** Another relation than before: scrolled back to its start. */
  readonly identity: string
  /** F2 in a column. */
  readonly onRenameColumn?: ((column: string) => void) | undefined
  /** The other mouse button on the head of a column. */
  readonly onColumnMenu?: (column: string, event: MouseEvent) => void
  /** Cells may be changed in place, and rows be left out. */
  readonly editing?: GridEditing | undefined
}

/** Rows and columns, of which only what is in view exists: as quick with 2,000 columns as with two. */
export function DataGrid({
  columns,
  rows,
  profile,
  bare = false,
  stale = false,
  onEnd,
  reveal,
  identity,
  onColumnMenu,
  onRenameColumn,
  editing,
}: DataGridProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const head = bare ? BARE_HEAD : HEAD
  const [selection, setSelection] = useState<GridSelection | undefined>(undefined)
  const [inspected, setInspected] = useState<GridPosition | undefined>(undefined)
  const [edited, setEdited] = useState<GridPosition | undefined>(undefined)
  const { widths, setWidth } = useWidths(columns, rows)
  const numberWidth = Math.max(40, String(rows.length).length * 7.4 + 18) + (editing ? 22 : 0)

  const rowList = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    paddingStart: head,
    scrollPaddingStart: head,
  })
  const columnList = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index] ?? 120,
    overscan: 3,
    paddingStart: numberWidth,
    scrollPaddingStart: numberWidth,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes must be read anew whenever they change.
  useEffect(() => columnList.measure(), [widths, numberWidth])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another relation starts at its beginning.
  useEffect(() => {
    scroller.current?.scrollTo(0, 0)
    setSelection(undefined)
    setInspected(undefined)
    setEdited(undefined)
  }, [identity])
  useEffect(() => {
    if (!reveal) return
    columnList.scrollToIndex(reveal.index, { align: 'center' })
    const at = { row: 0, column: reveal.index }
    setSelection({ anchor: at, focus: at })
  }, [reveal, columnList.scrollToIndex])

  const virtualRows = rowList.getVirtualItems()
  const virtualColumns = columnList.getVirtualItems()
  const last = virtualRows.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 40) onEnd?.()
  }, [last, rows.length, onEnd])

  const profiles = useMemo(() => new Map(profile?.columns.map((each) => [each.name, each])), [profile])
  const range = selection && rangeOf(selection)

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return
    const ctrl = event.ctrlKey || event.metaKey
    const at = selection ?? { anchor: { row: 0, column: 0 }, focus: { row: 0, column: 0 } }
    if (ctrl && event.key.toLowerCase() === 'c' && range) {
      event.preventDefault()
      event.stopPropagation()
      return void copyRange(columns, rows, range, event.shiftKey)
    }
    if (ctrl && event.key === 'a') {
      event.preventDefault()
      event.stopPropagation()
      const end = { row: rows.length - 1, column: columns.length - 1 }
      return setSelection({ anchor: { row: 0, column: 0 }, focus: end })
    }
    if (selection && editing?.canEdit(at.focus) && (event.key === 'Enter' || event.key === 'F2')) {
      event.preventDefault()
      event.stopPropagation()
      return setEdited(at.focus)
    }
    const named = selection && columns[selection.focus.column]
    if (event.key === 'F2' && named && onRenameColumn) {
      event.preventDefault()
      event.stopPropagation()
      return onRenameColumn(named.name)
    }
    if (event.key === 'Escape' || event.key === ' ') {
      if (event.key === 'Escape' && !inspected && !selection) return
      event.preventDefault()
      event.stopPropagation()
      if (event.key === ' ') return setInspected(inspected ? undefined : at.focus)
      return inspected ? setInspected(undefined) : setSelection(undefined)
    }
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 400) - head) / ROW) - 1)
    const next = moveSelection(
      at,
      { key: event.key, ctrl, shift: event.shiftKey },
      { rows: rows.length, columns: columns.length, page },
    )
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    setSelection(selection ? next : at)
    setInspected(undefined)
    rowList.scrollToIndex(next.focus.row)
    columnList.scrollToIndex(next.focus.column)
  }

  const positionOf = (event: MouseEvent | PointerEvent): GridPosition | undefined => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null
    const [row, column] = (cell?.dataset.at ?? '').split(':').map(Number)
    return row === undefined || column === undefined || Number.isNaN(row) ? undefined : { row, column }
  }
  const onPointerDown = (event: PointerEvent) => {
    if (event.target instanceof HTMLInputElement) return
    const focus = positionOf(event)
    if (!focus || event.button !== 0) return
    setInspected(undefined)
    setSelection({ anchor: event.shiftKey && selection ? selection.anchor : focus, focus })
  }
  const onPointerMove = (event: PointerEvent) => {
    if (event.buttons !== 1 || !selection) return
    const focus = positionOf(event)
    if (focus && (focus.row !== selection.focus.row || focus.column !== selection.focus.column)) {
      setSelection({ anchor: selection.anchor, focus })
    }
  }

  return (
    <div
      ref={scroller}
      className={`grid${stale ? ' grid-stale' : ''}`}
      tabIndex={0}
      role="grid"
      aria-rowcount={rows.length}
      aria-colcount={columns.length}
      aria-label={t('data.pane')}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onDoubleClick={(event) => {
        const at = positionOf(event)
        if (at && editing?.canEdit(at)) setEdited(at)
        else setInspected(at)
      }}
    >
      <div className="grid-body" style={{ height: rowList.getTotalSize(), width: columnList.getTotalSize() }}>
        <div className={`grid-head${bare ? ' is-bare' : ''}`} role="row" style={{ height: head }}>
          <div className="grid-corner" style={{ width: numberWidth }} />
          {virtualColumns.map((virtual) => {
            const column = columns[virtual.index]
            return (
              column && (
                <div
                  key={virtual.index}
                  className={`grid-column-head${range && virtual.index >= range.left && virtual.index <= range.right ? ' grid-head-on' : ''}`}
                  role="columnheader"
                  aria-colindex={virtual.index + 1}
                  style={{ left: virtual.start, width: virtual.size }}
                  onClick={() =>
                    setSelection({
                      anchor: { row: 0, column: virtual.index },
                      focus: { row: rows.length - 1, column: virtual.index },
                    })
                  }
                  onKeyDown={undefined}
                  {...(onColumnMenu && {
                    onContextMenu: (event: MouseEvent) => onColumnMenu(column.name, event),
                  })}
                >
                  <ColumnHead column={column} profile={profiles.get(column.name)} />
                  <Resizer name={column.name} width={virtual.size} onResize={(width) => setWidth(column.name, width)} />
                </div>
              )
            )
          })}
        </div>
        {virtualRows.map((virtualRow) => {
          const row = rows[virtualRow.index]
          return (
            row && (
              <div
                key={virtualRow.index}
                className={`grid-row${editing?.isLeftOut(virtualRow.index) ? ' is-left-out' : ''}`}
                role="row"
                aria-rowindex={virtualRow.index + 1}
                style={{ transform: `translateY(${virtualRow.start}px)` }}
              >
                <div className="grid-number" style={{ width: numberWidth }}>
                  {editing && <LeaveOut row={virtualRow.index} editing={editing} />}
                  {virtualRow.index + 1}
                </div>
                {virtualColumns.map((virtual) => {
                  const cell = row[virtual.index] ?? null
                  const on = range && isWithin(range, virtualRow.index, virtual.index)
                  const focus = selection?.focus.row === virtualRow.index && selection.focus.column === virtual.index
                  return (
                    <div
                      key={virtual.index}
                      role="gridcell"
                      data-at={`${virtualRow.index}:${virtual.index}`}
                      className={`cell${isNumeric(columns[virtual.index]?.type ?? '') ? ' cell-number' : ''}${
                        cell === null ? ' null-cell' : ''
                      }${on ? ' cell-on' : ''}${focus ? ' cell-focus' : ''}${editing?.markOf({ row: virtualRow.index, column: virtual.index }) ?? ''}`}
                      style={{ left: virtual.start, width: virtual.size }}
                    >
                      {edited?.row === virtualRow.index && edited.column === virtual.index && editing ? (
                        <EditedCell
                          name={columns[virtual.index]?.name ?? ''}
                          cell={cell}
                          onEnd={(value) => {
                            if (value !== undefined) editing.change(edited, value)
                            setEdited(undefined)
                            scroller.current?.focus()
                          }}
                        />
                      ) : (
                        formatCell(cell)
                      )}
                    </div>
                  )
                })}
              </div>
            )
          )
        })}
      </div>
      {inspected && columns[inspected.column] && (
        <CellInspector
          column={columns[inspected.column]}
          row={inspected.row}
          cell={rows[inspected.row]?.[inspected.column] ?? null}
          anchor={() => scroller.current?.querySelector(`[data-at="${inspected.row}:${inspected.column}"]`) ?? null}
          onClose={() => {
            setInspected(undefined)
            scroller.current?.focus()
          }}
        />
      )}
    </div>
  )
}

/** Widths by column name: they survive edits that keep the column, and start from what the first rows need. */
function useWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]) {
  const chosen = useRef(new Map<string, number>())
  const first = useRef(new Map<string, number>())
  const [version, setVersion] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are fixed by the first rows; later pages change none.
  const widths = useMemo(
    () =>
      columns.map((column, index) => {
        const key = `${column.name} ${column.type}`
        const known = chosen.current.get(column.name) ?? first.current.get(key)
        if (known !== undefined) return known
        const width = estimateWidth(
          column.name,
          column.type,
          rows.slice(0, 50).map((row) => row[index] ?? null),
        )
        if (rows.length > 0) first.current.set(key, width)
        return width
      }),
    [columns, rows.length === 0, version],
  )
  const setWidth = (name: string, width: number) => {
    chosen.current.set(name, width)
    setVersion((before) => before + 1)
  }
  return { widths, setWidth }
}

function Resizer(props: { name: string; width: number; onResize: (width: number) => void }) {
  const start = useRef<{ x: number; width: number } | undefined>(undefined)
  const label = t('data.resize', { name: props.name })
  return (
    <div
      className="grid-resizer"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={props.width}
      tabIndex={-1}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={undefined}
      onPointerDown={(event) => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width: props.width }
      }}
      onPointerMove={(event) => {
        if (!start.current) return
        props.onResize(Math.max(56, Math.min(1200, start.current.width + event.clientX - start.current.x)))
      }}
      onPointerUp={() => {
        start.current = undefined
      }}
    />
  )
}
