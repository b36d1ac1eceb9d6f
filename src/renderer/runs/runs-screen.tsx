import { Ban, CircleAlert, CircleCheck, CircleDashed, Clock, LoaderCircle } from 'lucide-react'
import type { RunSummary } from '../../shared/rpc/app-contract.ts'
import { formatMilliseconds, t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { followRun, useRun } from '../store/run.ts'
import { openPipeline } from '../store/sessions.ts'
import { useSettings } from '../store/settings.ts'
import { toastError } from '../store/toasts.ts'

const icons = {
  queued: Clock,
  running: LoaderCircle,
  succeeded: CircleCheck,
  failed: CircleAlert,
  cancelled: Ban,
  interrupted: CircleDashed,
}

/** Past runs; choosing one shows its figures on the canvas. */
export function RunsScreen() {
  const runs = useRun((state) => state.list)
  const shown = useRun((state) => state.run?.runId)
  const pipelines = useProject((state) => state.project?.pipelines)
  const show = async ({ path, runId }: RunSummary) => {
    await openPipeline(path)
    await followRun(runId, path)
  }
  if (runs.length === 0) {
    return (
      <div className="panel-none">
        <p>{t('runs.none')}</p>
        <p>{t('runs.noneHint')}</p>
      </div>
    )
  }
  return (
    <ul className="panel-list panel-list-first">
      {runs.map((run) => {
        const Icon = icons[run.state]
        const name = pipelines?.find((entry) => entry.path === run.path)?.name ?? run.path
        return (
          <li key={run.runId} className={`panel-item${run.runId === shown ? ' is-front' : ''}`}>
            <button type="button" className="panel-item-main" onClick={() => void show(run).catch(toastError)}>
              <Icon size={15} strokeWidth={1.9} className={`run-${run.state}`} aria-hidden />
              <span className="panel-item-words">
                <span className="truncate">{name}</span>
                <span className="panel-item-more truncate">
                  {[
                    t(`runs.${run.state}`),
                    started(run.startedAt ?? run.queuedAt),
                    run.milliseconds !== undefined && formatMilliseconds(run.milliseconds),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function started(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const locale = useSettings.getState().language === 'fr' ? 'fr-FR' : 'en-GB'
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(date)
  if (date.toDateString() === new Date().toDateString()) return time
  return `${new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }).format(date)} ${time}`
}
