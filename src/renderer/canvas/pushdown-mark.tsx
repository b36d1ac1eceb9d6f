import './pushdown-mark.css'
import { Database } from 'lucide-react'
import type { NodePushdown } from '../../shared/engine/types.ts'
import { text } from '../i18n/index.ts'
import { NEEDED, pushdownTitle, STAYS } from '../inspector/pushdown-words.ts'
import { usePipeline } from '../store/pipeline.ts'

export const PushdownGlyph = ({ pushed }: { readonly pushed: NodePushdown['pushed'] }) => (
  <span className={`pushdown-glyph is-${pushed}`} aria-hidden>
    <Database size={11} strokeWidth={2.2} />
  </span>
)

/** At the foot of a step: how much of it the source does in a run; all of it in words where the pointer rests. */
export function PushdownMark({
  nodeId,
  pushdown,
}: {
  readonly nodeId: string
  readonly pushdown: NodePushdown | undefined
}) {
  const checked = usePipeline((state) => (state.document?.nodes[nodeId]?.checks?.length ?? 0) > 0)
  const type = usePipeline((state) => state.document?.nodes[nodeId]?.type ?? '')
  if (!pushdown) return null
  const words = pushdownText(pushdown, type.startsWith('extract.'))
  return (
    <span
      className={`pushdown-mark is-${pushdown.pushed}${checked ? ' beside-check' : ''}`}
      role="img"
      aria-label={words}
      title={words}
    >
      <PushdownGlyph pushed={pushdown.pushed} />
    </span>
  )
}

function pushdownText(pushdown: NodePushdown, extract: boolean): string {
  const listed = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${title}:`, ...new Set(lines.map((line) => `• ${line}`))]
  return [
    text(pushdownTitle(pushdown, extract)),
    ...listed(text(NEEDED), pushdown.done.map(text)),
    ...listed(text(STAYS), pushdown.reasons.map(text)),
  ].join('\n')
}
