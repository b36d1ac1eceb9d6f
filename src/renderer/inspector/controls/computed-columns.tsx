import { Sigma, X } from 'lucide-react'
import type { FormField } from '../../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { t, text } from '../../i18n/index.ts'
import { FieldProblems } from '../field-problems.tsx'
import { type ConfigPath, isRecord, newItem, problemsAt } from '../form-model.ts'
import { useFormScope } from '../form-scope.ts'

/** Whether an item of the list may be computed (`{ name, expression }`) in place of a column of the input. */
export const canCompute = ({ fields }: FormField): boolean =>
  fields?.some((field) => field.control === 'expression') ?? false

interface Props {
  readonly field: FormField
  readonly path: ConfigPath
  readonly items: readonly JsonValue[]
  readonly onRemove: (index: number) => void
}

/** Name and expression of each computed item, beneath the chips that give their order. */
export function ComputedColumns({ field, path, items, onRemove }: Props) {
  const computed = items.flatMap((item, index) => (isRecord(item) ? [{ item, index }] : []))
  if (computed.length === 0) return null
  return (
    <ul className="rows-list computed-rows" aria-label={t('panes.computed')}>
      {computed.map(({ item, index }) => (
        <ComputedRow key={index} field={field} path={[...path, index]} item={item} onRemove={() => onRemove(index)} />
      ))}
    </ul>
  )
}

interface RowProps {
  readonly field: FormField
  readonly path: ConfigPath
  readonly item: Readonly<Record<string, JsonValue>>
  readonly onRemove: () => void
}

function ComputedRow({ field, path, item, onRemove }: RowProps) {
  const scope = useFormScope()
  const { Value } = scope
  const [short, wide] = [false, true].map((isWide) =>
    (field.fields ?? []).filter((each) => (each.control === 'expression') === isWide),
  )
  const draw = (each: FormField) => (
    <Value
      field={{ ...each, placeholder: each.placeholder ?? text(each.title) }}
      path={[...path, each.name]}
      value={item[each.name]}
      problems={problemsAt(scope.problems, [...path, each.name])}
      siblings={item}
      compact
    />
  )
  return (
    <li className="row-item">
      <div className="row-main">
        <span className="computed-mark" aria-hidden>
          <Sigma size={12} />
        </span>
        <div className="row-fields">
          {short?.map((each) => (
            <div key={each.name} className="row-field">
              {draw(each)}
            </div>
          ))}
        </div>
        <button
          type="button"
          className="row-remove"
          aria-label={t('panes.remove', { name: String(item.name ?? '') })}
          onClick={onRemove}
        >
          <X size={13} />
        </button>
      </div>
      <div className="row-details">
        {wide?.map((each) => (
          <div key={each.name}>{draw(each)}</div>
        ))}
        <FieldProblems
          problems={(field.fields ?? []).flatMap((each) => problemsAt(scope.problems, [...path, each.name]))}
        />
      </div>
    </li>
  )
}

/** A computed item with a name that no other has. */
export function newComputed(field: FormField, taken: readonly string[]): JsonValue {
  const item = newItem(field)
  if (!isRecord(item)) return item
  let number = 1
  while (taken.includes(`computed_${number}`)) number += 1
  return { ...item, ...('name' in item && { name: `computed_${number}` }) }
}
