import type { ReactNode } from 'react'

interface MessageProps {
  readonly title: string
  readonly text?: string | undefined
  readonly hint?: string | undefined
  readonly failed?: boolean
  readonly children?: ReactNode
}

/** What stands in the pane when there are no rows to show: what is so, and what to do next. */
export function Message({ title, text, hint, failed = false, children }: MessageProps) {
  return (
    <div className={`data-message${failed ? ' data-message-failed' : ''}`} role={failed ? 'alert' : undefined}>
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {hint && <p className="secondary">{hint}</p>}
      {children}
    </div>
  )
}
