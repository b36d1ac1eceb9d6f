import type { KeyboardEvent } from 'react'
import { text } from '../../i18n/index.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { asText } from './simple-controls.tsx'

const LINES = { least: 4, most: 24 }

/** A program: as many lines as it has, Tab to indent; Escape, then Tab, leaves it. */
export function CodeControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const code = asText(value)
  const failed = problems.some((problem) => problem.severity === 'error')
  const lines = Math.min(LINES.most, Math.max(LINES.least, code.split('\n').length + 1))
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const area = event.currentTarget
    if (event.key === 'Escape') area.dataset.leaving = 'true'
    else if (event.key === 'Tab' && !event.shiftKey && area.dataset.leaving !== 'true') {
      event.preventDefault()
      area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end')
      scope.change(path, area.value)
    } else delete area.dataset.leaving
  }
  return (
    <textarea
      className={`bp6-input inspector-input inspector-area mono code-area${failed ? ' bp6-intent-danger' : ''}`}
      aria-label={text(field.title)}
      aria-invalid={failed}
      placeholder={field.placeholder}
      rows={lines}
      wrap="off"
      spellCheck={false}
      value={code}
      onFocus={scope.begin}
      onBlur={(event) => delete event.currentTarget.dataset.leaving}
      onKeyDown={onKeyDown}
      onChange={(event) => scope.change(path, event.target.value)}
    />
  )
}
