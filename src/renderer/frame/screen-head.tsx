import type { ReactNode } from 'react'

interface Props {
  readonly title: string
  /** Beside the title: figures, a switch. */
  readonly about?: ReactNode
  /** At the other end: what can be done. */
  readonly children?: ReactNode
}

/** The head of a screen beside the rail, the same for all of them. */
export function ScreenHead({ title, about, children }: Props) {
  return (
    <header className="screen-head">
      <h1>{title}</h1>
      {about}
      <span className="screen-head-space" />
      {children}
    </header>
  )
}
