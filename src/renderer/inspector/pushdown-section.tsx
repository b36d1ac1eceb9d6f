import type { NodePushdown } from '../../shared/engine/types.ts'
import { PushdownGlyph } from '../canvas/pushdown-mark.tsx'
import { text } from '../i18n/index.ts'
import { NEEDED, pushdownTitle, STAYS } from './pushdown-words.ts'

/** How much of a step the source before it does, or what an extract asks of its source, and why not the rest. */
export function PushdownSection({ pushdown, extract }: { pushdown: NodePushdown | undefined; extract: boolean }) {
  if (!pushdown) return null
  return (
    <section className="field pushdown-section">
      <p className={`pushdown-title is-${pushdown.pushed}`}>
        <PushdownGlyph pushed={pushdown.pushed} />
        {text(pushdownTitle(pushdown, extract))}
      </p>
      <Lines title={text(NEEDED)} lines={pushdown.done.map(text)} />
      <Lines title={text(STAYS)} lines={pushdown.reasons.map(text)} />
    </section>
  )
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <>
      <p className="pushdown-heading">{title}</p>
      <ul className="pushdown-lines">
        {[...new Set(lines)].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  )
}
