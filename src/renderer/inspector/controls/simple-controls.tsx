import { HTMLSelect, Switch } from '@blueprintjs/core'
import { useEffect, useRef, useState } from 'react'
import { commonTypes } from '../../data-pane/column-types.ts'
import { t, text } from '../../i18n/index.ts'
import { columnOptions, findColumn } from '../column-parts.tsx'
import { detectedValue, visibleValue } from '../detected-values.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'

export const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

const failedBy = (problems: ControlProps['problems']) => problems.some((problem) => problem.severity === 'error')

export function TextControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const found = useDetected(field, path, value)
  // `auto` steps back for what it came to.
  const isAuto = found !== undefined && value === 'auto'
  return (
    <input
      className={`bp6-input inspector-input${failedBy(problems) ? ' bp6-intent-danger' : ''}`}
      aria-label={text(field.title)}
      aria-invalid={failedBy(problems)}
      placeholder={found ?? field.placeholder}
      spellCheck={false}
      value={isAuto ? '' : asText(value)}
      onFocus={scope.begin}
      onChange={({ target }) =>
        scope.change(path, target.value === '' && field.default === 'auto' ? undefined : target.value)
      }
    />
  )
}

/** Words for what the file was found to have, where the field leaves it open. */
function useDetected(field: ControlProps['field'], path: ControlProps['path'], value: ControlProps['value']) {
  const { detected } = useFormScope()
  const found = detectedValue(detected, field, path, value)
  return found === undefined ? undefined : t('panes.detectedIs', { value: visibleValue(found) })
}

export function MultilineControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  return (
    <textarea
      className={`bp6-input inspector-input inspector-area${failedBy(problems) ? ' bp6-intent-danger' : ''}`}
      aria-label={text(field.title)}
      placeholder={field.placeholder}
      rows={3}
      value={asText(value)}
      onFocus={scope.begin}
      onChange={(event) => scope.change(path, event.target.value)}
    />
  )
}

/** Keeps what is being typed, so that `-` and `1.` are not taken away before the number is complete. */
export function NumberControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const shown = asText(value)
  const found = useDetected(field, path, value)
  const [draft, setDraft] = useState<string | undefined>(undefined)
  const unread = draft !== undefined && draft.trim() !== '' && !Number.isFinite(Number(draft))
  return (
    <>
      <input
        className={`bp6-input inspector-input mono${unread || failedBy(problems) ? ' bp6-intent-danger' : ''}`}
        inputMode="decimal"
        aria-label={text(field.title)}
        aria-invalid={unread || failedBy(problems)}
        placeholder={found ?? field.placeholder}
        value={draft ?? shown}
        onFocus={scope.begin}
        onBlur={() => setDraft(undefined)}
        onChange={(event) => {
          const typed = event.target.value
          setDraft(typed)
          if (typed.trim() === '') scope.change(path, undefined)
          else if (Number.isFinite(Number(typed))) scope.change(path, Number(typed))
        }}
      />
      {unread && <p className="field-problem">{t('panes.notANumber')}</p>}
    </>
  )
}

export function SwitchControl({ field, path, value, compact }: ControlProps) {
  const scope = useFormScope()
  return (
    <Switch
      className="inspector-switch"
      checked={value === true}
      {...(compact ? { 'aria-label': text(field.title), title: text(field.title) } : { label: text(field.title) })}
      onChange={(event) => {
        scope.begin()
        scope.change(path, event.currentTarget.checked)
      }}
    />
  )
}

export function SelectControl({ field, path, value, problems, compact }: ControlProps) {
  const scope = useFormScope()
  const options = field.options ?? []
  const known = options.some((option) => option.value === asText(value))
  const found = detectedValue(scope.detected, field, path, value)
  const titleOf = (option: (typeof options)[number]) => {
    const came = option.value === 'auto' && options.find((each) => each.value === found)
    return came ? `${text(option.title)}${t('panes.colon')} ${text(came.title)}` : text(option.title)
  }
  if (options.length > 1 && options.length <= 3 && !compact && known && fits(options)) {
    return <Segments field={field} path={path} value={value} problems={problems} siblings={{}} titleOf={titleOf} />
  }
  return (
    <HTMLSelect
      fill
      className={`inspector-select${failedBy(problems) ? ' inspector-select-failed' : ''}`}
      iconName="caret-down"
      aria-label={text(field.title)}
      value={asText(value)}
      onChange={(event) => {
        scope.begin()
        const chosen = event.currentTarget.value
        scope.change(path, chosen === '' ? undefined : chosen)
      }}
    >
      {!known && (
        <option value={asText(value)}>{asText(value) || t(field.required ? 'panes.choose' : 'panes.notSet')}</option>
      )}
      {known && !field.required && field.default === undefined && <option value="">{t('panes.notSet')}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {titleOf(option)}
        </option>
      ))}
    </HTMLSelect>
  )
}

const fits = (options: NonNullable<ControlProps['field']['options']>) =>
  options.reduce((total, option) => total + text(option.title).length, 0) <= 34

interface SegmentsProps extends ControlProps {
  readonly titleOf: (option: NonNullable<ControlProps['field']['options']>[number]) => string
}

function Segments({ field, path, value, titleOf }: SegmentsProps) {
  const scope = useFormScope()
  return (
    <div className="segments" role="radiogroup" aria-label={text(field.title)}>
      {(field.options ?? []).map((option) => (
        <label key={option.value} className={`segment${option.value === value ? ' segment-on' : ''}`}>
          <input
            type="radio"
            className="visually-hidden"
            name={`${scope.nodeId}.${path.join('.')}`}
            checked={option.value === value}
            onChange={() => {
              scope.begin()
              scope.change(path, option.value)
            }}
          />
          {titleOf(option)}
        </label>
      ))}
    </div>
  )
}

const typeOptions = commonTypes.map((type) => ({ value: type }))

export function TypeControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  return (
    <SuggestInput
      mono
      value={asText(value)}
      options={typeOptions}
      label={text(field.title)}
      placeholder={field.placeholder ?? t('panes.type')}
      failed={failedBy(problems)}
      onBegin={scope.begin}
      onChange={(typed) => scope.change(path, typed)}
    />
  )
}

/** One column. A name that the input does not have is shown red, and kept: it may come back. */
export function ColumnControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const columns = scope.columns(field.port)
  const name = asText(value)
  const unknown = columns !== undefined && name !== '' && !findColumn(columns, name)
  return (
    <SuggestInput
      value={name}
      options={columnOptions(columns ?? [])}
      label={text(field.title)}
      placeholder={field.placeholder ?? t('panes.column')}
      failed={unknown || failedBy(problems)}
      onBegin={scope.begin}
      onChange={(typed) => scope.change(path, typed === '' && !field.required ? undefined : typed)}
    />
  )
}

/** A text that is only handed on when its field is left, for names that must not change with every key. */
export function LazyInput(props: {
  readonly value: string
  readonly label: string
  readonly className?: string
  readonly placeholder?: string
  readonly onCommit: (value: string) => void
}) {
  const [draft, setDraft] = useState(props.value)
  const cancelled = useRef(false)
  useEffect(() => setDraft(props.value), [props.value])
  return (
    <input
      className={props.className}
      aria-label={props.label}
      placeholder={props.placeholder}
      spellCheck={false}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => {
        if (!cancelled.current && draft !== props.value) props.onCommit(draft)
        if (cancelled.current) setDraft(props.value)
        cancelled.current = false
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') cancelled.current = true
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
