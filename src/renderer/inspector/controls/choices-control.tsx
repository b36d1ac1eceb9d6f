import { text } from '../../i18n/index.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'

/** Any number of a few options, each a button that is down or up. */
export function ChoicesControl({ field, path, value }: ControlProps) {
  const scope = useFormScope()
  const chosen = Array.isArray(value) ? value.map(String) : []
  const options = field.options ?? []
  const toggle = (name: string) => {
    scope.begin()
    // In the order of the options, so that the same choice is the same text.
    const next = options.map((option) => option.value).filter((each) => chosen.includes(each) !== (each === name))
    scope.change(path, next)
  }
  return (
    <fieldset className="choices" aria-label={text(field.title)}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={`choice${chosen.includes(option.value) ? ' choice-on' : ''}`}
          aria-pressed={chosen.includes(option.value)}
          onClick={() => toggle(option.value)}
        >
          {text(option.title)}
        </button>
      ))}
    </fieldset>
  )
}
