import type { PointerEvent } from 'react'
import { createPortal } from 'react-dom'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { Markdown } from '../documentation/markdown.tsx'
import { Example } from '../documentation/module-documentation.tsx'
import { text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'

const WIDTH = 340
const MARGIN = 8

export interface CardAt {
  readonly info: ModuleInfo
  /** The line of the list that it speaks of, on the screen. */
  readonly line: DOMRect
}

/** What a step of the list does, beside its line. */
export function StepCard({
  at: { info, line },
  onPointer,
}: {
  readonly at: CardAt
  readonly onPointer: (inside: boolean) => void
}) {
  const right = line.right + MARGIN
  const left = right + WIDTH + MARGIN <= window.innerWidth ? right : Math.max(MARGIN, line.left - WIDTH - MARGIN)
  const top = Math.max(MARGIN, Math.min(line.top - 40, window.innerHeight - 440))
  const hold = (inside: boolean) => (event: PointerEvent) => {
    if (event.pointerType === 'mouse') onPointer(inside)
  }
  return createPortal(
    <section
      className="step-card"
      aria-label={text(info.title)}
      style={{ left, top, maxHeight: window.innerHeight - top - MARGIN }}
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
    >
      <header>
        <ModuleTile info={info} size={28} />
        <div>
          <h2>{text(info.title)}</h2>
          <p>{info.type}</p>
        </div>
      </header>
      <div>{text(info.summary)}</div>
      <Markdown text={text(info.documentation)} />
      <div>
        <Example info={info} />
      </div>
    </section>,
    document.body,
  )
}
