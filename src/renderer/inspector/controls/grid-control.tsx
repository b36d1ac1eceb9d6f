import { Plus, X } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useRef } from 'react'
import { commonTypes } from '../../data-pane/column-types.ts'
import { readTsv } from '../../data-pane/tsv.ts'
import { t, text } from '../../i18n/index.ts'
import { FieldProblems } from '../field-problems.tsx'
import { problemsWithin } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { addColumn, pasteRows, readTypedRows, removeColumn, type TypedRows, writeTypedRows } from '../typed-rows.ts'

const typeOptions = commonTypes.map((type) => ({ value: type }))

/** A table typed in by hand, heads and cells. Takes what is pasted from a spreadsheet; an empty cell is NULL. */
export function GridControl({ field, path, value, siblings }: ControlProps) {
  const scope = useFormScope()
  const body = useRef<HTMLTableElement>(null)
  const table = readTypedRows(siblings.columns, value)
  const group = path.slice(0, -1)
  // Heads and rows change together, or the rows would not fit for a moment; only a form's top level has a grid.
  const set = (next: TypedRows, step = true) => {
    if (step) scope.begin()
    const { columns, rows } = writeTypedRows(next)
    scope.change(group, { ...scope.config, columns, [field.name]: rows })
  }
  const setCell = (row: number, column: number, typed: string | null) =>
    set({ ...table, rows: table.rows.map((cells, at) => (at === row ? cells.with(column, typed) : cells)) }, false)
  const setHead = (index: number, change: { name?: string; type?: string }) =>
    set({ ...table, columns: table.columns.map((each, at) => (at === index ? { ...each, ...change } : each)) }, false)
  const addRow = () => set({ ...table, rows: [...table.rows, table.columns.map(() => null)] })

  const focusCell = (row: number, column: number) =>
    body.current?.querySelector<HTMLInputElement>(`[data-cell="${row}.${column}"]`)?.focus()
  const onKeyDown = (event: KeyboardEvent, row: number, column: number) => {
    if (event.key === 'Enter' || event.key === 'ArrowDown') {
      if (event.key === 'Enter' && row === table.rows.length - 1) addRow()
      requestAnimationFrame(() => focusCell(row + 1, column))
    } else if (event.key === 'ArrowUp') focusCell(row - 1, column)
    else return
    event.preventDefault()
  }
  const onPaste = (event: ClipboardEvent, row: number, column: number) => {
    const pasted = event.clipboardData.getData('text/plain')
    if (!/[\t\n]/.test(pasted)) return
    event.preventDefault()
    set(pasteRows(table, { row, column }, readTsv(pasted)))
  }

  return (
    <div className="typed-grid">
      <div className="typed-grid-scroll">
        <table ref={body} aria-label={text(field.title)}>
          <thead>
            <tr>
              {table.columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column's name changes while it is typed.
                <th key={index}>
                  <div className="typed-head">
                    <input
                      aria-label={t('panes.nameOfColumn', { column: index + 1 })}
                      spellCheck={false}
                      value={column.name}
                      onFocus={scope.begin}
                      onChange={(event) => setHead(index, { name: event.target.value })}
                    />
                    {table.columns.length > 1 && (
                      <button
                        type="button"
                        className="row-remove"
                        aria-label={t('panes.remove', { name: column.name })}
                        onClick={() => set(removeColumn(table, index))}
                      >
                        <X size={11} />
                      </button>
                    )}
                  </div>
                  <SuggestInput
                    mono
                    className="typed-type"
                    value={column.type ?? ''}
                    options={typeOptions}
                    label={t('panes.newType', { name: column.name })}
                    placeholder="VARCHAR"
                    onBegin={scope.begin}
                    onChange={(type) => setHead(index, { type })}
                  />
                </th>
              ))}
              <th className="typed-add">
                <button
                  type="button"
                  className="row-remove"
                  aria-label={t('panes.addColumn')}
                  title={t('panes.addColumn')}
                  onClick={() => set(addColumn(table))}
                >
                  <Plus size={13} />
                </button>
              </th>
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, rowIndex) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own.
              <tr key={rowIndex}>
                {row.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: nor have their cells.
                  <td key={column}>
                    <input
                      data-cell={`${rowIndex}.${column}`}
                      aria-label={t('panes.cell', { row: rowIndex + 1, column: table.columns[column]?.name ?? '' })}
                      spellCheck={false}
                      placeholder="null"
                      value={cell ?? ''}
                      onFocus={scope.begin}
                      onChange={(event) => setCell(rowIndex, column, event.target.value || null)}
                      onKeyDown={(event) => onKeyDown(event, rowIndex, column)}
                      onPaste={(event) => onPaste(event, rowIndex, column)}
                    />
                  </td>
                ))}
                <td className="typed-add">
                  <button
                    type="button"
                    className="row-remove"
                    aria-label={t('panes.removeRow', { row: rowIndex + 1 })}
                    onClick={() => set({ ...table, rows: table.rows.filter((_, at) => at !== rowIndex) })}
                  >
                    <X size={11} />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="typed-actions">
        <button type="button" className="text-button" onClick={addRow}>
          <Plus size={13} />
          {t('panes.addRow')}
        </button>
        <span className="secondary tiny">{t('panes.pasteHint')}</span>
      </div>
      <FieldProblems
        problems={[
          ...problemsWithin(scope.problems, [...group, 'columns']),
          ...problemsWithin(scope.problems, path).filter((each) => each.field?.length !== path.length),
        ].slice(0, 5)}
      />
    </div>
  )
}
