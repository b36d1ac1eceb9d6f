import { PopoverNext } from '@blueprintjs/core'
import { useEffect, useRef, useState } from 'react'
import { t } from '../i18n/index.ts'
import { useOptionList } from './option-list.tsx'
import type { Option } from './option-matching.ts'

interface SuggestInputProps {
  readonly value: string
  readonly options: readonly Option[]
  readonly label: string
  readonly onChange: (value: string) => void
  readonly onBegin?: (() => void) | undefined
  /** What is typed so far, for options that are looked up. */
  readonly onQuery?: (query: string) => void
  readonly onChoose?: ((value: string) => void) | undefined
  readonly placeholder?: string | undefined
  readonly failed?: boolean
  readonly mono?: boolean
  readonly className?: string
}

/** A text field that proposes values and accepts any other. */
export function SuggestInput(props: SuggestInputProps) {
  const { value, options, label, onChange } = props
  const [open, setOpen] = useState(false)
  /** Until something is typed, every option shows: opening the list is for choosing another. */
  const [typed, setTyped] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const choose = (chosen: string) => {
    onChange(chosen)
    props.onChoose?.(chosen)
    setOpen(false)
    setTyped(false)
  }
  const { list, empty, onKey, listId, activeId } = useOptionList(
    options,
    typed ? value : '',
    choose,
    t('panes.nothingFound'),
    false,
  )
  useEffect(() => {
    if (open) props.onQuery?.(typed ? value : '')
  }, [open, typed, value, props.onQuery])

  return (
    <PopoverNext
      isOpen={open && !empty}
      animation="minimal"
      arrow={false}
      matchTargetWidth
      placement="bottom-start"
      autoFocus={false}
      enforceFocus={false}
      captureDismiss={false}
      fill
      onClose={() => setOpen(false)}
      content={list}
      className={props.className ?? ''}
    >
      <input
        ref={input}
        className={`bp6-input inspector-input${props.failed ? ' bp6-intent-danger' : ''}${props.mono ? ' mono' : ''}`}
        role="combobox"
        aria-expanded={open && !empty}
        aria-controls={listId}
        aria-activedescendant={open ? activeId : undefined}
        aria-label={label}
        aria-invalid={props.failed ?? false}
        autoComplete="off"
        spellCheck={false}
        placeholder={props.placeholder}
        title={value}
        value={value}
        onFocus={() => {
          props.onBegin?.()
          setOpen(true)
        }}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          setTyped(false)
        }}
        onChange={(event) => {
          setTyped(true)
          setOpen(true)
          onChange(event.target.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && open) {
            event.stopPropagation()
            setOpen(false)
          } else if (open) onKey(event)
          else if (event.key === 'ArrowDown') setOpen(true)
        }}
      />
    </PopoverNext>
  )
}
