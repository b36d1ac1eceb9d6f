import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { sameName } from '../expression/names.ts'
import { text } from '../i18n/index.ts'
import { type ConfigPath, equalValues, isRecord } from './form-model.ts'
import { useFormScope } from './form-scope.ts'

interface Props {
  readonly field: FormField
  readonly path: ConfigPath
  readonly value: JsonValue | undefined
}

/** Makes a list of names and types that of an input's columns. What else was said of a column stays. */
export function FromColumns({ field, path, value }: Props) {
  const scope = useFormScope()
  const columns = scope.columns(field.port ?? 'in')
  if (!field.fromColumns || !columns) return null
  const before = (Array.isArray(value) ? value : []).filter(isRecord)
  const next = columns.map(({ name, type }) => ({
    ...before.find((item) => typeof item.name === 'string' && sameName(item.name, name)),
    name,
    type,
  }))
  if (equalValues(before, next)) return null
  return (
    <div className="detection">
      <button
        type="button"
        className="text-button"
        onClick={() => {
          scope.begin()
          scope.change(path, next)
        }}
      >
        {text(field.fromColumns)}
      </button>
    </div>
  )
}
