import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from 'react'
import { matching, type Option } from './option-matching.ts'

const MOST = 200

interface OptionList {
  readonly list: ReactElement
  readonly empty: boolean
  readonly listId: string
  readonly activeId: string | undefined
  /** Arrow keys and Enter. True when the key was used. */
  readonly onKey: (event: KeyboardEvent) => boolean
}

/** A list to choose from by mouse or keyboard, beneath whatever text field the caller shows. */
export function useOptionList(
  options: readonly Option[],
  query: string,
  onChoose: (value: string) => void,
  nothing: string,
  firstActive = true,
): OptionList {
  const shown = useMemo(() => matching(options, query).slice(0, MOST), [options, query])
  const [active, setActive] = useState(firstActive ? 0 : -1)
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed decides the first match anew.
  useEffect(() => setActive(firstActive ? 0 : -1), [query, firstActive])
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const onKey = (event: KeyboardEvent): boolean => {
    const option = shown[active]
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, shown.length - 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0))
    else if (event.key === 'Enter' && option) onChoose(option.value)
    else return false
    event.preventDefault()
    return true
  }

  return {
    listId,
    activeId: shown[active] ? `${listId}-${active}` : undefined,
    empty: shown.length === 0,
    onKey,
    list: (
      <div className="option-list" role="listbox" id={listId} ref={list}>
        {shown.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text field above handles the keys.
          <div
            key={option.value}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            className={`option${index === active ? ' option-active' : ''}`}
            // The field must keep the focus, or it would close the list before the click arrives.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setActive(index)}
            onClick={() => onChoose(option.value)}
          >
            {option.badge}
            <span className="option-label truncate">{option.label ?? option.value}</span>
            {option.detail && <span className="option-detail truncate">{option.detail}</span>}
          </div>
        ))}
        {shown.length === 0 && <div className="option-none">{nothing}</div>}
      </div>
    ),
  }
}
