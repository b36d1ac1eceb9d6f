import { InputGroup } from '@blueprintjs/core'
import { type DragEvent, type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { type MessageKey, t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { useModules } from '../store/modules.ts'
import { STEP_DRAG } from './canvas-state.ts'
import { searchSteps } from './search-steps.ts'
import './step-list.css'

interface Props {
  readonly onChoose: (info: ModuleInfo) => void
  readonly accept?: (info: ModuleInfo) => boolean
  readonly placeholder: string
  readonly autoFocus?: boolean
  readonly draggable?: boolean
  readonly onEscape?: () => void
  readonly emptyText: (query: string) => string
}

/** Steps by family, with a search: the palette, and the menu of a dropped connection. */
export function StepList({ onChoose, accept, placeholder, autoFocus, draggable, onEscape, emptyText }: Props) {
  const all = useModules((state) => state.list)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const groups = useMemo(() => searchSteps(accept ? all.filter(accept) : all, query), [all, accept, query])
  const flat = groups.flatMap((group) => group.steps)

  const move = (index: number) => {
    const next = Math.max(0, Math.min(flat.length - 1, index))
    setActive(next)
    list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') move(active + 1)
    else if (event.key === 'ArrowUp') move(active - 1)
    else if (event.key === 'Home' && query === '') move(0)
    else if (event.key === 'Escape' && onEscape) onEscape()
    else if (event.key === 'Enter') {
      const chosen = flat[active]
      if (chosen) onChoose(chosen)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const onDragStart = (event: DragEvent, info: ModuleInfo) => {
    event.dataTransfer.setData(STEP_DRAG, info.type)
    event.dataTransfer.effectAllowed = 'copy'
  }
  return (
    <>
      <div className="step-search">
        <InputGroup
          value={query}
          onValueChange={(value) => {
            setQuery(value)
            setActive(0)
          }}
          placeholder={placeholder}
          aria-label={placeholder}
          aria-controls="step-options"
          autoFocus={autoFocus ?? false}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="step-options" id="step-options" role="listbox" aria-label={placeholder} ref={list} tabIndex={-1}>
        {groups.map(({ family, steps }) => (
          <div key={family}>
            <div className="step-family" aria-hidden>
              {t(`family.${family}` as MessageKey)}
            </div>
            {steps.map((info) => (
              <div
                key={info.type}
                role="option"
                tabIndex={-1}
                aria-selected={flat[active] === info}
                data-step={info.type}
                className={`step-option${flat[active] === info ? ' is-active' : ''}`}
                title={text(info.summary)}
                draggable={draggable}
                onDragStart={(event) => onDragStart(event, info)}
                onClick={() => {
                  setActive(flat.indexOf(info))
                  if (!draggable) onChoose(info)
                }}
                onDoubleClick={() => draggable && onChoose(info)}
                onKeyDown={onKeyDown}
              >
                <ModuleTile info={info} size={20} />
                <span className="truncate">{text(info.title)}</span>
              </div>
            ))}
          </div>
        ))}
        {flat.length === 0 && <p className="step-none">{emptyText(query)}</p>}
      </div>
    </>
  )
}
