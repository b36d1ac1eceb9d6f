import type { FormField } from '../../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { text } from '../../i18n/index.ts'
import { FieldHelp } from '../field-help.tsx'
import { FieldProblems } from '../field-problems.tsx'
import { type ConfigPath, isRecord, problemsAt, splitFields } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { asText } from './simple-controls.tsx'

export interface ItemProps {
  readonly field: FormField
  readonly path: ConfigPath
  readonly item: JsonValue
}

const wide = new Set(['expression', 'sql', 'columns', 'multiline', 'group', 'list', 'columnMap', 'grid', 'columnList'])
const MOST_INLINE = 3

/** A figure or a switch that says nothing of itself without its title. */
const needsTitle = (field: FormField) =>
  field.control === 'switch' ||
  field.control === 'choices' ||
  (field.control === 'number' && field.default !== undefined)

/** Rows that have rows of their own: nothing of them fits one line, their fields stand beneath one another. */
export const isStacked = (field: FormField, values: Record<string, JsonValue>): boolean =>
  splitFields(field.fields ?? [], values).plain.some((each) => each.control === 'list' && each.fields !== undefined)

/** What of a row stands in its line, and what beneath it: what needs all of the width alone, the rest side by side. */
function placed(field: FormField, values: Record<string, JsonValue>) {
  const { plain } = splitFields(field.fields ?? [], values)
  const narrow = plain.filter((each) => !wide.has(each.control))
  const speaking = narrow.filter((each) => !needsTitle(each))
  const inline = isStacked(field, values) ? [] : (speaking.length > 0 ? speaking : narrow).slice(0, MOST_INLINE)
  const below: FormField[][] = []
  for (const each of plain.filter((other) => !inline.includes(other))) {
    const last = below.at(-1)
    if (last?.[0] && !isAlone(last[0]) && !isAlone(each)) last.push(each)
    else below.push([each])
  }
  return { inline, below }
}

const isAlone = (field: FormField) => wide.has(field.control) || field.control === 'choices'

const scalarField = (field: FormField): FormField => ({ ...field, control: field.item ?? 'text', required: true })

/** What fits one line. */
export function ItemFields({ field, path, item }: ItemProps) {
  const scope = useFormScope()
  if (!field.fields || !isRecord(item)) {
    return (
      <div className="row-fields">
        <scope.Value
          field={scalarField(field)}
          path={path}
          value={field.item === 'number' ? item : asText(item)}
          problems={problemsAt(scope.problems, path)}
          siblings={{}}
          compact
        />
      </div>
    )
  }
  return (
    <div className="row-fields">
      {placed(field, item).inline.map((each) => (
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

/** What does not fit the line, what is folded away, and the row's problems. */
export function ItemDetails({ field, path, item, advanced }: ItemProps & { advanced: readonly FormField[] }) {
  const scope = useFormScope()
  if (!field.fields || !isRecord(item)) return <FieldProblems problems={problemsAt(scope.problems, path)} />
  const { inline, below } = placed(field, item)
  const problems = [
    ...problemsAt(scope.problems, path),
    ...inline.flatMap((each) => problemsAt(scope.problems, [...path, each.name])),
  ]
  if (below.length + advanced.length + problems.length === 0) return null
  // Columns and expressions speak for themselves where they stand alone.
  const titled = below.length > 1
  return (
    <div className="row-details">
      <FieldProblems problems={problems} />
      {below.map((group) => (
        <div key={group[0]?.name} className={group.some(isAlone) ? 'row-wide' : 'row-titled'}>
          {group.map((each) => (
            <DetailField
              key={each.name}
              field={each}
              path={path}
              item={item}
              titled={titled || each.control !== 'columns'}
            />
          ))}
        </div>
      ))}
      {advanced.map((each) => (
        <div key={each.name} className="row-advanced">
          <DetailField field={each} path={path} item={item} titled />
        </div>
      ))}
    </div>
  )
}

interface DetailFieldProps extends ItemProps {
  readonly item: Record<string, JsonValue>
  readonly titled: boolean
}

/** One field with its title above it. */
export function DetailField({ field, path, item, titled }: DetailFieldProps) {
  const scope = useFormScope()
  const problems = problemsAt(scope.problems, [...path, field.name])
  const props: ControlProps = {
    field,
    path: [...path, field.name],
    value: item[field.name] ?? (field.default as JsonValue | undefined),
    problems,
    siblings: item,
  }
  // A switch has its title beside it.
  const ownTitle = field.control === 'switch'
  return (
    <div className="map-field">
      {titled && !ownTitle && (
        <div className="row-label">
          <span className="truncate" title={text(field.title)}>
            {text(field.title)}
          </span>
          <FieldHelp field={field} />
        </div>
      )}
      <div className={ownTitle ? 'field-line' : undefined}>
        <scope.Value {...props} compact={!ownTitle} />
        {ownTitle && <FieldHelp field={field} />}
      </div>
      <FieldProblems problems={problems} />
    </div>
  )
}
