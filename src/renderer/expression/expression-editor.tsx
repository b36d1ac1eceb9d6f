import './expression.css'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import type { EarlyKeys, ExpressionEditorProps } from './expression-editor-props.ts'
import { HighlightedText } from './highlighted-text.tsx'
import { LiveEditor } from './live-editor.tsx'
import { preloadMonaco } from './load-monaco.ts'

/** Highlighted text that becomes an editor on focus, so that a form of a hundred expressions opens at once. */
export function ExpressionEditor(props: ExpressionEditorProps) {
  const { value, shape = 'block', problems = [] } = props
  const [live, setLive] = useState(props.autoFocus === true)
  /** Where the editor puts its caret first, and what was typed while it was still being fetched. */
  const start = useRef<EarlyKeys>({ offset: value.length, typed: '', all: false, erased: false })

  useEffect(preloadMonaco, [])

  const begin = (offset: number) => {
    if (live) return
    start.current = { offset, typed: '', all: false, erased: false }
    setLive(true)
    props.onBegin?.()
  }
  const onMouseDown = (event: MouseEvent<HTMLElement>) => {
    if (event.button !== 0 || live) return
    event.preventDefault()
    begin(offsetAtPoint(event.currentTarget, event.clientX, event.clientY) ?? value.length)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      start.current.typed += event.key
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      start.current.all = true
      start.current.typed = ''
    } else if (event.key === 'Backspace' || event.key === 'Delete') {
      event.preventDefault()
      if (start.current.typed !== '') start.current.typed = start.current.typed.slice(0, -1)
      else start.current.erased = start.current.all
    }
  }

  const marks = problems.flatMap((problem) => (problem.range && problem.severity === 'error' ? [problem.range] : []))
  const failed = problems.some((problem) => problem.severity === 'error')
  const still = (
    <pre className="expression-text" aria-hidden={live}>
      {value ? (
        <HighlightedText text={value} marks={marks} language={props.language} />
      ) : (
        <span className="expression-placeholder">{props.placeholder ?? ' '}</span>
      )}
    </pre>
  )
  const className = `expression expression-${shape}${live ? ' expression-live' : ''}${failed ? ' expression-failed' : ''}`
  if (live) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: takes the keys only until the editor inside it has the focus.
      <div className={className} onKeyDown={onKeyDown}>
        <LiveEditor {...props} shape={shape} start={start.current} still={still} onEnd={() => setLive(false)} />
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input cannot show its text in colour.
    <div
      className={className}
      role="textbox"
      aria-multiline={shape !== 'line'}
      aria-label={props.label}
      aria-invalid={failed}
      tabIndex={0}
      onMouseDown={onMouseDown}
      onFocus={() => begin(value.length)}
    >
      {still}
    </div>
  )
}

/** The offset in the text of an element that a point falls on. */
function offsetAtPoint(element: HTMLElement, x: number, y: number): number | undefined {
  const caret = document.caretPositionFromPoint?.(x, y)
  const text = element.querySelector('.expression-text')
  if (!caret || !text?.contains(caret.offsetNode) || element.querySelector('.expression-placeholder')) return undefined
  const range = document.createRange()
  range.setStart(text, 0)
  range.setEnd(caret.offsetNode, caret.offset)
  return range.toString().length
}
