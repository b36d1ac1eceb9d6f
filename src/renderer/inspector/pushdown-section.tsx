import type { NodeAnalysis } from '../../shared/engine/types.ts'
import { text } from '../i18n/index.ts'

const TITLES = {
  all: { en: 'The source does this in a run.', fr: 'La source s’en charge à l’exécution.' },
  part: { en: 'The source does a part of this in a run.', fr: 'La source en fait une partie à l’exécution.' },
  none: { en: 'This runs here, not in the source.', fr: 'Cette étape s’exécute ici, pas dans la source.' },
} as const

/** How much of a step the source before it does, and why not the rest. */
export function PushdownSection({ pushdown }: { pushdown: NodeAnalysis['pushdown'] }) {
  if (!pushdown) return null
  return (
    <section className="field">
      <p className="empty-line">{text(TITLES[pushdown.pushed])}</p>
      {pushdown.reasons.map((reason) => (
        <p key={reason.en} className="empty-line">
          {text(reason)}
        </p>
      ))}
    </section>
  )
}
