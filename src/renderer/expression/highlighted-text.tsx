import type { ReactNode } from 'react'
import type { CodeLanguage } from './expression-editor-props.ts'
import { tokenizeScript } from './script-tokens.ts'
import { tokenize } from './tokens.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/** An expression in colour, without an editor: cheap enough for every row of a list. */
export function HighlightedText(props: {
  text: string
  marks?: readonly Range[]
  language?: CodeLanguage | undefined
}): ReactNode {
  const { text, marks = [], language } = props
  return (language === 'javascript' ? tokenizeScript : tokenize)(text).map((token) => {
    const marked = marks.some((mark) => mark.start < token.end && token.start < Math.max(mark.end, mark.start + 1))
    const shown = text.slice(token.start, token.end)
    if (token.kind === 'space' && !marked) return shown
    return (
      <span key={token.start} className={`code-${token.kind}${marked ? ' code-marked' : ''}`}>
        {shown}
      </span>
    )
  })
}
