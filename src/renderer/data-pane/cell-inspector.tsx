import { X } from 'lucide-react'
import { useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { t } from '../i18n/index.ts'
import { CopyButton } from './copy-button.tsx'
import { formatWhole } from './format-cell.ts'

interface CellInspectorProps {
  readonly column: Column | undefined
  readonly row: number
  readonly cell: Cell
  readonly anchor: () => Element | null
  readonly onClose: () => void
}

const WIDTH = 420

/** One value in full: long text, and lists and structs laid out. */
export function CellInspector({ column, row, cell, anchor, onClose }: CellInspectorProps) {
  const [place, setPlace] = useState<{ left: number; top?: number; bottom?: number } | undefined>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: placed once, where the cell is.
  useLayoutEffect(() => {
    const box = anchor()?.getBoundingClientRect()
    if (!box) return onClose()
    const left = Math.max(8, Math.min(box.left, window.innerWidth - WIDTH - 8))
    const below = window.innerHeight - box.bottom
    setPlace(
      below > 300 || below > box.top
        ? { left, top: box.bottom + 4 }
        : { left, bottom: window.innerHeight - box.top + 4 },
    )
  }, [])
  if (!place || !column) return null
  const whole = formatWhole(cell, column.type)
  return createPortal(
    <div
      className="cell-inspector"
      role="dialog"
      aria-label={t('data.cell', { column: column.name, row: row + 1 })}
      style={{ ...place, width: WIDTH }}
      onPointerDown={(event) => event.stopPropagation()}
    >
      <header>
        <span className="type-badge">{column.type.length > 24 ? `${column.type.slice(0, 24)}…` : column.type}</span>
        <b className="truncate">{column.name}</b>
        <span className="secondary">
          {t('data.rowNumber')} {row + 1}
        </span>
        <span className="cell-inspector-tools">
          {cell !== null && <CopyButton text={cell} />}
          <button type="button" className="row-remove" aria-label={t('panes.close')} onClick={onClose}>
            <X size={14} />
          </button>
        </span>
      </header>
      {cell === null || cell === '' ? (
        <p className="empty-line">{t(cell === null ? 'data.nullValue' : 'data.emptyValue')}</p>
      ) : (
        <pre className="code-block">{whole}</pre>
      )}
      {cell !== null && cell.length > 40 && (
        <footer className="secondary tiny">{t('data.characters', { count: cell.length })}</footer>
      )}
    </div>,
    document.body,
  )
}
