import { GripVertical, Plus, SlidersHorizontal, X } from 'lucide-react'
import { useState } from 'react'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { t, text } from '../../i18n/index.ts'
import { isRecord, moveItem, newItem, seenFolded, splitFields } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { useReorder } from '../use-reorder.ts'
import { ItemDetails, ItemFields, type ItemProps, isStacked } from './list-item.tsx'

/** Rows that can be added, removed and reordered, as in a small table. */
export function ListControl({ field, path, value }: ControlProps) {
  const scope = useFormScope()
  const items = Array.isArray(value) ? value : []
  const set = (next: JsonValue[]) => {
    scope.begin()
    scope.change(path, next)
  }
  const { item, handle } = useReorder((from, to) => set(moveItem(items, from, to)))
  return (
    <div className="rows">
      {items.length > 0 && (
        <ol className="rows-list" aria-label={text(field.title)}>
          {items.map((each, index) => (
            <ListRow
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own; a moved row is drawn anew.
              key={index}
              field={field}
              path={[...path, index]}
              item={each}
              index={index}
              place={item(index)}
              handle={handle(index)}
              onRemove={() => set(items.filter((_, other) => other !== index))}
            />
          ))}
        </ol>
      )}
      <button type="button" className="text-button add-row" onClick={() => set([...items, newItem(field)])}>
        <Plus size={13} />
        {t('panes.add')}
      </button>
    </div>
  )
}

interface ListRowProps extends ItemProps {
  readonly index: number
  readonly place: object
  readonly handle: object
  readonly onRemove: () => void
}

function ListRow({ field, path, item, index, place, handle, onRemove }: ListRowProps) {
  const scope = useFormScope()
  const values = isRecord(item) ? item : {}
  const advanced = splitFields(field.fields ?? [], values).advanced
  const [open, setOpen] = useState(false)
  return (
    <li className="row-item" {...place}>
      <div className="row-main">
        <button
          type="button"
          className="row-handle"
          aria-label={t('panes.moveRow', { row: index + 1 })}
          title={t('panes.moveHint')}
          {...handle}
        >
          <GripVertical size={12} />
        </button>
        {isStacked(field, values) ? (
          <span className="row-number">{index + 1}</span>
        ) : (
          <ItemFields field={field} path={path} item={item} />
        )}
        {advanced.length > 0 && (
          <button
            type="button"
            className={`row-remove row-more${open ? ' row-more-on' : ''}`}
            aria-label={t('panes.more')}
            title={t('panes.more')}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <SlidersHorizontal size={12} />
          </button>
        )}
        <button
          type="button"
          className="row-remove"
          aria-label={t('panes.removeRow', { row: index + 1 })}
          onClick={onRemove}
        >
          <X size={13} />
        </button>
      </div>
      <ItemDetails
        field={field}
        path={path}
        item={item}
        advanced={open ? advanced : seenFolded(advanced, values, scope.problems, path)}
      />
    </li>
  )
}
