import { Classes, PopoverNext } from '@blueprintjs/core'
import type { ReactNode } from 'react'

/** A few words that explain something, shown while the pointer rests on it or it has the focus. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <PopoverNext
      interactionKind="hover-target"
      placement="top"
      hoverOpenDelay={150}
      animation="minimal"
      autoFocus={false}
      enforceFocus={false}
      popoverClassName={Classes.TOOLTIP}
      content={<div className="help-text">{text}</div>}
    >
      {children}
    </PopoverNext>
  )
}
