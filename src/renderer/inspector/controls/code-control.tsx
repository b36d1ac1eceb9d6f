import { type KeyboardEvent, useRef } from 'react'
import { usePreview } from '../../data-pane/preview-store.ts'
import { text } from '../../i18n/index.ts'
import { useRun } from '../../store/run.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { failedLine } from './failed-line.ts'
import { asText } from './simple-controls.tsx'

const LINES = { least: 4, most: 24 }

/** A program: as many lines as it has, numbered, the one that failed marked. Tab to indent; Escape, then Tab, leaves it. */
export function CodeControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const code = asText(value)
  const numbers = useRef<HTMLOListElement>(null)
  const previewed = usePreview(({ error }) => (error?.nodeId === scope.nodeId ? error.message : undefined))
  const ran = useRun(({ run }) => run?.nodes[scope.nodeId]?.error?.message)
  const reasons = [...problems.map((problem) => problem.message), previewed, ran]
  const wrongLine = failedLine(reasons)
  const failed = problems.some((problem) => problem.severity === 'error') || wrongLine !== undefined
  const count = code.split('\n').length
  const lines = Math.min(LINES.most, Math.max(LINES.least, count + 1))
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
    <div className={`code-box${failed ? ' is-wrong' : ''}`}>
      <ol className="code-numbers mono" ref={numbers} aria-hidden>
        {Array.from({ length: count }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number.
          <li key={index} className={index + 1 === wrongLine ? 'is-wrong' : undefined}>
            {index + 1}
          </li>
        ))}
      </ol>
      <textarea
        className="bp6-input inspector-input inspector-area mono code-area"
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
        onScroll={(event) => numbers.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        onChange={(event) => scope.change(path, event.target.value)}
      />
    </div>
  )
}
