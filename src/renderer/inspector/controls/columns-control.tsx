import { Plus, Sigma, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { sameName } from '../../expression/names.ts'
import { t, text } from '../../i18n/index.ts'
import { ColumnPicker, findColumn, TypeBadge } from '../column-parts.tsx'
import { moveItem } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { useReorder } from '../use-reorder.ts'
import { ComputedColumns, canCompute, newComputed } from './computed-columns.tsx'

/** A column, or what the file computes in its place (`{ name, expression }`): kept as it is, shown by its name. */
function labelOf(item: JsonValue): string {
  if (item === null || typeof item !== 'object' || Array.isArray(item)) return String(item)
  return String(item.name ?? '')
}

/** Columns as chips in their order. Alt and an arrow moves the chip with the focus, Delete removes it. */
export function ColumnsControl({ field, path, value }: ControlProps) {
  const scope = useFormScope()
  const columns = scope.columns(field.port)
  const items: readonly JsonValue[] = Array.isArray(value) ? value : []
  const names = items.map(labelOf)
  const set = (next: JsonValue[]) => {
    scope.begin()
    scope.change(path, next)
  }
  const remove = (index: number) => set(items.filter((_, each) => each !== index))
  const { item, handle } = useReorder((from, to) => set(moveItem(items, from, to)))
  const left = (columns ?? []).filter((column) => !names.some((name) => sameName(name, column.name)))

  const chips = (
    <ul className="chips" aria-label={text(field.title)}>
      {names.map((name, index) => {
        const column = typeof items[index] === 'string' ? findColumn(columns, name) : undefined
        const computed = typeof items[index] !== 'string'
        const unknown = columns !== undefined && !column && !computed
        const drag = handle(index)
        const onKeyDown = (event: KeyboardEvent) => {
          if (event.key === 'Delete' || event.key === 'Backspace') {
            event.preventDefault()
            event.stopPropagation()
            remove(index)
          } else drag.onKeyDown(event)
        }
        return (
          <li key={computed ? `computed ${index}` : name} {...item(index)} className="chip-slot">
            {/* biome-ignore lint/a11y/noStaticElementInteractions: it can be moved and removed by the keyboard. */}
            <span
              {...drag}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be moved and removed by the keyboard.
              tabIndex={0}
              onKeyDown={onKeyDown}
              className={`chip${unknown ? ' chip-unknown' : ''}`}
              title={unknown ? t('panes.unknownColumn', { name }) : `${name} · ${column?.type ?? ''}`}
            >
              {column && <TypeBadge type={column.type} />}
              {computed && <Sigma size={12} className="chip-computed" aria-hidden />}
              <span className="truncate">{name}</span>
              <button
                type="button"
                className="chip-remove"
                aria-label={t('panes.remove', { name })}
                onClick={() => remove(index)}
              >
                <X size={12} />
              </button>
            </span>
          </li>
        )
      })}
      <li>
        <ColumnPicker columns={left} several label={t('panes.addColumn')} onPick={(name) => set([...items, name])}>
          <button type="button" className="chip-add">
            <Plus size={12} />
            {t('panes.addColumn')}
          </button>
        </ColumnPicker>
      </li>
      {canCompute(field) && (
        <li>
          <button type="button" className="chip-add" onClick={() => set([...items, newComputed(field, names)])}>
            <Plus size={12} />
            {t('panes.addExpression')}
          </button>
        </li>
      )}
    </ul>
  )
  return (
    <>
      {chips}
      {canCompute(field) && <ComputedColumns field={field} path={path} items={items} onRemove={remove} />}
    </>
  )
}
