import './tests.css'
import { ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useRun } from '../store/run.ts'

const icons = { passed: ShieldCheck, warned: ShieldAlert, failed: ShieldX } as const

/** At the edge where a step's rows leave it: that they are checked, and what that came to in the shown run. */
export function CheckMark({ nodeId }: { readonly nodeId: string }) {
  const count = usePipeline((state) => state.document?.nodes[nodeId]?.checks?.length ?? 0)
  const state = useRun((run) => run.run?.checks?.[nodeId])
  if (count === 0) return null
  const Icon = state === undefined ? ShieldCheck : icons[state]
  const words = state === undefined ? t('checks.count', { count }) : t(`checks.${state}`, { count })
  return (
    <span className={`check-mark is-${state ?? 'unknown'}`} role="img" aria-label={words} title={words}>
      <Icon size={12} strokeWidth={2.2} aria-hidden />
    </span>
  )
}
