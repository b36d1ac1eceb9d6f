import type { FormField } from '../../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { text } from '../../i18n/index.ts'
import { type ConfigPath, isVisible, problemsAt } from '../form-model.ts'
import { useFormScope } from '../form-scope.ts'
import { Hint } from '../hint.tsx'

interface Props {
  readonly fields: readonly FormField[]
  readonly path: ConfigPath
  readonly item: Readonly<Record<string, JsonValue>>
}

/** What else can be said of a chosen column, beneath its line. */
export function ColumnRowMore({ fields, path, item }: Props) {
  return (
    <div className="column-row-more">
      {fields
        .filter((field) => isVisible(field, fields, item))
        .map((field) => (
          <More key={field.name} field={field} path={path} item={item} />
        ))}
    </div>
  )
}

function More({ field, path, item }: Omit<Props, 'fields'> & { readonly field: FormField }) {
  const scope = useFormScope()
  const isSwitch = field.control === 'switch'
  const body = (
    <div className="map-field">
      {!isSwitch && <span className="row-label">{text(field.title)}</span>}
      <scope.Value
        field={field}
        path={[...path, field.name]}
        value={item[field.name] ?? (field.default as JsonValue | undefined)}
        problems={problemsAt(scope.problems, [...path, field.name])}
        siblings={item}
        compact={!isSwitch}
      />
    </div>
  )
  return field.help ? <Hint text={text(field.help)}>{body}</Hint> : body
}
