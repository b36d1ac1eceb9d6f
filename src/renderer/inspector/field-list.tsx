import { useEffect, useRef } from 'react'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { text } from '../i18n/index.ts'
import { useSelection } from '../store/selection.ts'
import { FieldHelp } from './field-help.tsx'
import { FieldProblems } from './field-problems.tsx'
import { Fold } from './fold.tsx'
import { type Config, type ConfigPath, problemsAt, problemsWithin, shownValue, splitFields } from './form-model.ts'
import { useFormScope } from './form-scope.ts'
import { FromColumns } from './from-columns.tsx'
import { FromData } from './from-data.tsx'

interface FieldListProps {
  readonly fields: readonly FormField[]
  readonly values: Config
  readonly path: ConfigPath
}

/** The fields of a config or of a group in it, the rarely needed ones folded away. */
export function FieldList({ fields, values, path }: FieldListProps) {
  const scope = useFormScope()
  // A table typed in by hand edits its own heads.
  const hasGrid = fields.some((field) => field.control === 'grid')
  const shown = hasGrid ? fields.filter((field) => field.name !== 'columns') : fields
  const { plain, advanced } = splitFields(shown, values)
  const wrong = advanced.some((field) => problemsWithin(scope.problems, [...path, field.name]).length > 0)
  return (
    <>
      {plain.map((field) => (
        <Field key={field.name} field={field} values={values} path={[...path, field.name]} />
      ))}
      {advanced.length > 0 && (
        <Fold fields={advanced} values={values} forced={wrong}>
          {advanced.map((field) => (
            <Field key={field.name} field={field} values={values} path={[...path, field.name]} />
          ))}
        </Fold>
      )}
    </>
  )
}

/** Controls whose title stands beside them. */
const selfTitled = new Set(['switch'])

function Field({ field, values, path }: { field: FormField; values: Config; path: ConfigPath }) {
  const scope = useFormScope()
  const element = useRef<HTMLElement>(null)
  const wanted = useSelection((state) => state.field)
  const problems = problemsAt(scope.problems, path)
  const value: JsonValue | undefined = shownValue(field, values)

  useEffect(() => {
    if (wanted?.length && path.every((step, index) => String(step) === String(wanted[index]))) {
      element.current?.scrollIntoView({ block: 'nearest' })
      // The question mark beside the title can be focused too, and is not what is looked for.
      element.current
        ?.querySelector<HTMLElement>(':is(input, select, textarea, [tabindex="0"]):not(.field-title *)')
        ?.focus()
    }
  }, [wanted, path])

  return (
    <section className={`field field-${field.control}`} ref={element} data-field={path.join('.')}>
      {!selfTitled.has(field.control) && (
        <header className="field-title">
          <h3>{text(field.title)}</h3>
          <FieldHelp field={field} />
        </header>
      )}
      <div className={selfTitled.has(field.control) ? 'field-line' : undefined}>
        <scope.Value field={field} path={path} value={value} problems={problems} siblings={values} />
        {selfTitled.has(field.control) && <FieldHelp field={field} />}
      </div>
      <FieldProblems problems={problems} />
      {field.fromData && path.length === 1 && <FromData field={field} />}
      {field.fromColumns && path.length === 1 && <FromColumns field={field} path={path} value={value} />}
    </section>
  )
}
