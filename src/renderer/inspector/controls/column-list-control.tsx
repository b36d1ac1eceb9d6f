import { Checkbox } from '@blueprintjs/core'
import { GripVertical, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { commonTypes } from '../../data-pane/column-types.ts'
import { t, text } from '../../i18n/index.ts'
import { columnListKeys, itemOf, type ListedColumn, listColumns } from '../column-list.ts'
import { TypeBadge } from '../column-parts.tsx'
import { FieldProblems } from '../field-problems.tsx'
import { countSet, moveItem, problemsWithin } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { useReorder } from '../use-reorder.ts'
import { ColumnRowMore } from './column-row-more.tsx'
import { RenameOffer, useRenameOffer } from './rename-offer.tsx'
import { asText } from './simple-controls.tsx'

const typeOptions = commonTypes.map((type) => ({ value: type }))

/** All columns of the input: which to keep, under which name, as which type, in which order. */
export function ColumnListControl({ field, path, value }: ControlProps) {
  const scope = useFormScope()
  const [query, setQuery] = useState('')
  const keys = columnListKeys(field)
  const more = (field.fields ?? []).filter((each) => ![keys.column, keys.name, keys.type].includes(each.name))
  /** Columns whose other settings show, beside those that have some. */
  const renaming = useRenameOffer()
  const [asked, setAsked] = useState<readonly string[]>([])
  const columns = scope.columns(field.port) ?? []
  const items = Array.isArray(value) ? value : []
  const listed = listColumns(value, columns, keys)
  const set = (next: JsonValue[]) => {
    scope.begin()
    scope.change(path, next)
  }
  const setKey = (index: number, key: string, typed: string) => {
    const next = items.map((each, at) => (at === index ? { ...itemOf(each, keys), [key]: typed } : each))
    if (typed === '') next[index] = withoutKey(itemOf(next[index] ?? {}, keys), key)
    scope.change(path, next)
  }
  const toggle = (entry: ListedColumn, index: number) =>
    entry.item ? set(items.filter((_, at) => at !== index)) : set([...items, { [keys.column]: entry.column }])
  const allChosen = listed.every((entry) => entry.item)
  const toggleAll = () =>
    allChosen
      ? set([])
      : set([...items, ...listed.filter((each) => !each.item).map((each) => ({ [keys.column]: each.column }))])
  const { item, handle } = useReorder((from, to) => set(moveItem(items, from, Math.min(to, items.length - 1))))
  const wanted = query.trim().toLowerCase()

  return (
    <fieldset className="column-list" aria-label={text(field.title)}>
      <div className="column-list-head">
        <Checkbox
          className="column-check"
          checked={listed.length > 0 && allChosen}
          indeterminate={items.length > 0 && !allChosen}
          aria-label={t('panes.allColumns')}
          onChange={toggleAll}
        />
        <input
          className="column-list-find"
          placeholder={t('panes.columnsChosen', { chosen: items.length, count: listed.length })}
          aria-label={t('panes.findColumn')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <ol className="column-list-rows">
        {listed.map((entry, index) => {
          if (wanted && !entry.column.toLowerCase().includes(wanted)) return null
          const chosen = entry.item !== undefined
          const isSet = entry.item !== undefined && countSet(more, entry.item) > 0
          const open = chosen && more.length > 0 && (isSet || asked.includes(entry.column))
          const problems = chosen ? problemsWithin(scope.problems, [...path, index]) : []
          return (
            <li
              key={chosen ? `chosen ${index}` : entry.column}
              className={`column-row${chosen ? '' : ' column-row-off'}`}
              {...(chosen ? item(index) : {})}
            >
              <div className="column-row-line">
                <Checkbox
                  className="column-check"
                  checked={chosen}
                  aria-label={t('panes.keepColumn', { name: entry.column })}
                  onChange={() => toggle(entry, index)}
                />
                {entry.type && !(chosen && keys.type) ? <TypeBadge type={entry.type} /> : null}
                <span
                  className={`column-row-name truncate${entry.type || columns.length === 0 ? '' : ' unknown-name'}`}
                  title={entry.column}
                >
                  {entry.column}
                </span>
                {chosen && keys.name && (
                  <input
                    className="bp6-input inspector-input column-row-rename"
                    aria-label={t('panes.newName', { name: entry.column })}
                    placeholder={t('panes.rename')}
                    spellCheck={false}
                    value={asText(entry.item?.[keys.name])}
                    onFocus={(event) => {
                      scope.begin()
                      renaming.begin(entry.column, event.target.value || entry.column)
                    }}
                    onBlur={(event) => renaming.end(entry.column, event.target.value || entry.column)}
                    onChange={(event) => setKey(index, keys.name ?? 'name', event.target.value)}
                  />
                )}
                {chosen && keys.type && (
                  <SuggestInput
                    mono
                    className="column-row-type"
                    value={asText(entry.item?.[keys.type])}
                    options={typeOptions}
                    label={t('panes.newType', { name: entry.column })}
                    placeholder={entry.type ?? t('panes.type')}
                    onBegin={scope.begin}
                    onChange={(typed) => setKey(index, keys.type ?? 'type', typed)}
                  />
                )}
                {chosen && more.length > 0 && (
                  <button
                    type="button"
                    className={`row-remove column-row-ask${open ? ' row-more-on' : ''}`}
                    aria-label={t('panes.moreOf', { name: entry.column })}
                    title={t('panes.more')}
                    aria-expanded={open}
                    disabled={isSet}
                    onClick={() =>
                      setAsked(open ? asked.filter((name) => name !== entry.column) : [...asked, entry.column])
                    }
                  >
                    <SlidersHorizontal size={12} />
                  </button>
                )}
                {chosen && (
                  <button
                    type="button"
                    className="row-handle"
                    aria-label={t('panes.moveRow', { row: index + 1 })}
                    title={t('panes.moveHint')}
                    {...handle(index)}
                  >
                    <GripVertical size={12} />
                  </button>
                )}
              </div>
              {open && entry.item && <ColumnRowMore fields={more} path={[...path, index]} item={entry.item} />}
              {renaming.offer?.column === entry.column && (
                <RenameOffer
                  offer={renaming.offer}
                  onTake={() => {
                    const { from } = renaming.take()
                    setKey(index, keys.name ?? 'name', from === entry.column ? '' : from)
                  }}
                />
              )}
              <FieldProblems problems={problems} />
            </li>
          )
        })}
      </ol>
      {listed.length === 0 && <p className="empty-line">{t('panes.connectFirst')}</p>}
    </fieldset>
  )
}

function withoutKey(item: Record<string, JsonValue>, key: string): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(item).filter(([each]) => each !== key))
}
