import { Ban, CircleAlert, CircleCheck, CircleDashed, Clock, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { RunState } from '../../shared/runs/history.ts'

const icons: Record<RunState, LucideIcon> = {
  queued: Clock,
  running: LoaderCircle,
  succeeded: CircleCheck,
  failed: CircleAlert,
  cancelled: Ban,
  interrupted: CircleDashed,
}

export function RunStateIcon({ state, size = 15 }: { readonly state: RunState; readonly size?: number }) {
  const Icon = icons[state]
  return <Icon size={size} strokeWidth={1.9} className={`run-state run-${state}`} aria-hidden />
}
