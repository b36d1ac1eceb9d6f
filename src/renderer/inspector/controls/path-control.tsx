import { useCallback, useState } from 'react'
import { api } from '../../api.ts'
import { text } from '../../i18n/index.ts'
import { Detection } from '../detection.tsx'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { formatBytes } from '../format-bytes.ts'
import type { Option } from '../option-matching.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { asText } from './simple-controls.tsx'

/** A file to read, proposed from the project's own; once there is one, its settings can be detected. */
export function InputPathControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const [options, setOptions] = useState<readonly Option[]>([])
  const onQuery = useCallback((contains: string) => {
    // What cannot be listed is only not proposed: any path may be typed.
    api.call('project.files', { contains }).then(
      (files) => setOptions(files.map((file) => ({ value: file.path, detail: formatBytes(file.bytes) }))),
      () => setOptions([]),
    )
  }, [])
  return (
    <>
      <SuggestInput
        value={asText(value)}
        options={options}
        label={text(field.title)}
        placeholder={field.placeholder ?? 'data/…'}
        failed={problems.some((problem) => problem.severity === 'error')}
        onBegin={scope.begin}
        onQuery={onQuery}
        onChange={(typed) => scope.change(path, typed)}
      />
      {path.length === 1 && <Detection />}
    </>
  )
}

export function OutputPathControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  return (
    <input
      className={`bp6-input inspector-input${problems.some((each) => each.severity === 'error') ? ' bp6-intent-danger' : ''}`}
      aria-label={text(field.title)}
      placeholder={field.placeholder ?? 'out/…'}
      spellCheck={false}
      value={asText(value)}
      onFocus={scope.begin}
      onChange={(event) => scope.change(path, event.target.value)}
    />
  )
}
