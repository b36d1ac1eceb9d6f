import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

interface Props {
  readonly icon?: LucideIcon
  readonly title: string
  readonly hint?: string | undefined
  /** The one thing to do next. */
  readonly children?: ReactNode
}

/** A screen, or the larger part of one, that has nothing to show yet, or cannot. */
export function ScreenEmpty({ icon: Icon, title, hint, children }: Props) {
  return (
    <div className="screen-empty">
      {Icon && <Icon size={28} strokeWidth={1.5} aria-hidden />}
      <h2>{title}</h2>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  )
}
