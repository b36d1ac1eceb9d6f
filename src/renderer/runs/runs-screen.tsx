import { Button } from '@blueprintjs/core'
import { History, Workflow } from 'lucide-react'
import { useEffect } from 'react'
import { t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { showScreen } from '../store/ui.ts'
import { RunDetailView } from './run-detail.tsx'
import { RunList } from './run-list.tsx'
import { followRuns, useRuns } from './runs-store.ts'
import './runs.css'

/** What goes, what waits and what has been, with everything that is known of one run. */
export function RunsScreen() {
  const root = useProject((state) => state.project?.root)
  useEffect(() => (root === undefined ? undefined : followRuns()), [root])
  const nothing = useRuns(
    ({ runs, queue, loaded, contains, states, error }) =>
      loaded && !error && runs.length === 0 && queue.length === 0 && contains === '' && states === 'all',
  )
  const error = useRuns((state) => state.error)
  if (nothing) {
    return (
      <div className="screen-empty">
        <History size={28} strokeWidth={1.5} aria-hidden />
        <h2>{t('runs.none')}</h2>
        <p>{t('runs.noneHint')}</p>
        <Button
          intent="primary"
          icon={<Workflow size={14} />}
          text={t('runs.toEditor')}
          onClick={() => showScreen('editor')}
        />
      </div>
    )
  }
  return (
    <div className="runs">
      <RunList />
      {error ? (
        <div className="screen-empty">
          <h2>{error.message}</h2>
          {error.hint !== undefined && <p>{error.hint}</p>}
        </div>
      ) : (
        <RunDetailView />
      )}
    </div>
  )
}
