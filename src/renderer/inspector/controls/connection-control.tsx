import { text } from '../../i18n/index.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { asText } from './simple-controls.tsx'

/** A connection of the project, by its name. */
export function ConnectionControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  return (
    <SuggestInput
      value={asText(value)}
      options={[]}
      label={text(field.title)}
      placeholder={field.placeholder}
      failed={problems.some((problem) => problem.severity === 'error')}
      onBegin={scope.begin}
      onChange={(typed) => scope.change(path, typed)}
    />
  )
}
