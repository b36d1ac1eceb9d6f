import { Pencil, Plus, X } from 'lucide-react'
import { useState } from 'react'
import type { FormField } from '../../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { sameName } from '../../expression/names.ts'
import { t, text } from '../../i18n/index.ts'
import { ColumnPicker, findColumn, TypeBadge } from '../column-parts.tsx'
import { columnWords } from '../detected-values.ts'
import { FieldProblems } from '../field-problems.tsx'
import { type ConfigPath, isRecord, isVisible, newItem, problemsAt, valueAt } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { DetailField } from './list-item.tsx'

const FEW = 8

/** Settings of single columns: each column that differs from what holds for all has a row. */
export function ColumnMapControl({ field, path, value }: ControlProps) {
  const scope = useFormScope()
  const columns = scope.columns(field.port)
  const map = isRecord(value) ? value : {}
  const entries = Object.entries(map)
  const set = (next: Record<string, JsonValue>) => {
    scope.begin()
    scope.change(path, next)
  }
  const free = (columns ?? []).filter((column) => !entries.some(([name]) => sameName(name, column.name)))
  return (
    <div className="rows">
      {entries.length > 0 && (
        <ul className="rows-list" aria-label={text(field.title)}>
          {entries.map(([name, item]) => {
            const column = findColumn(columns, name)
            const inner = field.fields ?? []
            return (
              <li key={name} className="row-item map-item">
                <div className="row-main">
                  <span className="map-name">
                    {column && <TypeBadge type={column.type} />}
                    <span
                      className={`truncate${columns && !column ? ' unknown-name' : ''}`}
                      title={columns && !column ? t('panes.unknownColumn', { name }) : name}
                    >
                      {name}
                    </span>
                  </span>
                  {inner.length === 0 && (
                    <div className="row-fields">
                      <scope.Value
                        field={{ ...field, control: 'text' }}
                        path={[...path, name]}
                        value={item}
                        problems={problemsAt(scope.problems, [...path, name])}
                        siblings={{}}
                        compact
                      />
                    </div>
                  )}
                  <button
                    type="button"
                    className="row-remove"
                    aria-label={t('panes.remove', { name })}
                    onClick={() => set(Object.fromEntries(entries.filter(([key]) => key !== name)))}
                  >
                    <X size={13} />
                  </button>
                </div>
                <FieldProblems problems={problemsAt(scope.problems, [...path, name])} />
                {isRecord(item) && (
                  <div className="map-fields">
                    {inner
                      .filter((each) => isVisible(each, inner, item))
                      .map((each) => (
                        <DetailField key={each.name} field={each} path={[...path, name]} item={item} titled />
                      ))}
                  </div>
                )}
              </li>
            )
          })}
        </ul>
      )}
      <DetectedRows
        field={field}
        path={path}
        taken={Object.keys(map)}
        onTake={(name, item) => set({ ...map, [name]: item })}
      />
      <ColumnPicker
        columns={free}
        label={t('panes.addColumn')}
        onPick={(name) => set({ ...map, [name]: field.fields ? newItem(field) : '' })}
      >
        <button type="button" className="text-button add-row">
          <Plus size={13} />
          {t('panes.addColumn')}
        </button>
      </ColumnPicker>
    </div>
  )
}

interface DetectedRowsProps {
  readonly field: FormField
  readonly path: ConfigPath
  readonly taken: readonly string[]
  readonly onTake: (name: string, item: JsonValue) => void
}

/** What was found out about columns that have no row of their own yet: a press makes it one. */
function DetectedRows({ field, path, taken, onTake }: DetectedRowsProps) {
  const { detected } = useFormScope()
  const found = valueAt(detected, path)
  const [all, setAll] = useState(false)
  if (!isRecord(found)) return null
  const rest = Object.entries(found).filter(([name]) => !taken.some((each) => sameName(each, name)))
  if (rest.length === 0) return null
  const shown = all ? rest : rest.slice(0, FEW)
  return (
    <ul className="detected-rows" aria-label={t('panes.detectedColumns', { name: text(field.title) })}>
      {shown.map(([name, item]) => (
        <li key={name}>
          <button type="button" title={t('panes.setColumn', { name })} onClick={() => onTake(name, item)}>
            <span className="truncate">{name}</span>
            <span className="mono truncate">{columnWords(item)}</span>
            <Pencil size={11} aria-hidden />
          </button>
        </li>
      ))}
      {rest.length > FEW && (
        <li>
          <button type="button" className="text-button" onClick={() => setAll(!all)}>
            {all ? t('panes.showFewer') : t('panes.showAll', { count: rest.length })}
          </button>
        </li>
      )}
    </ul>
  )
}
