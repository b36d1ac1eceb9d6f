import { GripVertical, Plus, SlidersHorizontal, X } from 'lucide-react'
import { useState } from 'react'
import type { FormField } from '../../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { t, text } from '../../i18n/index.ts'
import { FieldProblems } from '../field-problems.tsx'
import { type ConfigPath, countSet, isRecord, moveItem, newItem, problemsAt, splitFields } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { useReorder } from '../use-reorder.ts'
import { asText } from './simple-controls.tsx'

const wide = new Set(['expression', 'sql', 'columns', 'multiline', 'group', 'list', 'columnMap', 'grid', 'columnList'])

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
  const wrong = advanced.some((each) => problemsAt(scope.problems, [...path, each.name]).length > 0)
  const set = countSet(advanced, values)
  const [asked, setAsked] = useState(set > 0)
  const open = asked || wrong
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
        <ItemFields field={field} path={path} item={item} />
        {advanced.length > 0 && (
          <button
            type="button"
            className={`row-remove row-more${open ? ' row-more-on' : ''}`}
            aria-label={t('panes.more')}
            title={t('panes.more')}
            aria-expanded={open}
            onClick={() => setAsked(!open)}
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
      <ItemDetails field={field} path={path} item={item} advanced={open ? advanced : []} />
    </li>
  )
}

interface ItemProps {
  readonly field: FormField
  readonly path: ConfigPath
  readonly item: JsonValue
}

const MOST_INLINE = 3
/** A figure or a switch that says nothing of itself without its title. */
const needsTitle = (field: FormField) =>
  field.control === 'switch' ||
  field.control === 'choices' ||
  (field.control === 'number' && field.default !== undefined)

/** What of a row stands in its line, what has a title beneath it, and what needs the whole width. */
function placed(plain: readonly FormField[]) {
  const narrow = plain.filter((each) => !wide.has(each.control))
  const speaking = narrow.filter((each) => !needsTitle(each))
  const inline = (speaking.length > 0 ? speaking : narrow).slice(0, MOST_INLINE)
  return {
    inline,
    titled: narrow.filter((each) => !inline.includes(each)),
    below: plain.filter((each) => wide.has(each.control)),
  }
}

const scalarField = (field: FormField): FormField => ({ ...field, control: 'text', required: true })

/** What fits one line. */
function ItemFields({ field, path, item }: ItemProps) {
  const scope = useFormScope()
  if (!field.fields || !isRecord(item)) {
    return (
      <div className="row-fields">
        <scope.Value
          field={scalarField(field)}
          path={path}
          value={asText(item)}
          problems={problemsAt(scope.problems, path)}
          siblings={{}}
          compact
        />
      </div>
    )
  }
  const { inline } = placed(splitFields(field.fields, item).plain)
  return (
    <div className="row-fields">
      {inline.map((each) => (
        <div key={each.name} className={`row-field row-field-${each.control}`} title={text(each.title)}>
          <scope.Value
            field={{ ...each, placeholder: each.placeholder ?? text(each.title) }}
            path={[...path, each.name]}
            value={item[each.name] ?? (each.default as JsonValue | undefined)}
            problems={problemsAt(scope.problems, [...path, each.name])}
            siblings={item}
            compact
          />
        </div>
      ))}
    </div>
  )
}

/** What needs the whole width, what is folded away, and the row's problems. */
function ItemDetails({ field, path, item, advanced }: ItemProps & { advanced: readonly FormField[] }) {
  const scope = useFormScope()
  if (!field.fields || !isRecord(item)) return <FieldProblems problems={problemsAt(scope.problems, path)} />
  const { plain } = splitFields(field.fields, item)
  const { inline, titled, below } = placed(plain)
  const value = (each: FormField, compact: boolean) => (
    <scope.Value
      field={each}
      path={[...path, each.name]}
      value={item[each.name] ?? (each.default as JsonValue | undefined)}
      problems={problemsAt(scope.problems, [...path, each.name])}
      siblings={item}
      compact={compact}
    />
  )
  const problems = [
    ...problemsAt(scope.problems, path),
    ...inline.flatMap((each) => problemsAt(scope.problems, [...path, each.name])),
  ]
  if (titled.length + below.length === 0 && advanced.length === 0 && problems.length === 0) return null
  return (
    <div className="row-details">
      <FieldProblems problems={problems} />
      {titled.length > 0 && (
        <div className="row-titled">
          {titled.map((each) => (
            <div key={each.name} className="map-field">
              <div className="row-label truncate" title={text(each.title)}>
                {text(each.title)}
              </div>
              {value(each, true)}
              <FieldProblems problems={problemsAt(scope.problems, [...path, each.name])} />
            </div>
          ))}
        </div>
      )}
      {below.map((each) => (
        <div key={each.name}>
          {below.length > 1 && <div className="row-label">{text(each.title)}</div>}
          {value(each, true)}
          <FieldProblems problems={problemsAt(scope.problems, [...path, each.name])} />
        </div>
      ))}
      {advanced.map((each) => (
        <div key={each.name} className="row-advanced">
          <div className="row-label">{text(each.title)}</div>
          {value(each, true)}
          <FieldProblems problems={problemsAt(scope.problems, [...path, each.name])} />
        </div>
      ))}
    </div>
  )
}
