import { Button } from '@blueprintjs/core'
import { HardDrive, History, Workflow } from 'lucide-react'
import { useEffect, useState } from 'react'
import { ScreenEmpty } from '../frame/screen-empty.tsx'
import { ScreenHead } from '../frame/screen-head.tsx'
import { t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { showScreen } from '../store/ui.ts'
import { RunDetailView } from './run-detail.tsx'
import { RunList } from './run-list.tsx'
import { followRuns, useRuns } from './runs-store.ts'
import { StorageDialog } from './storage-dialog.tsx'
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
      <>
        <RunsHead />
        <ScreenEmpty icon={History} title={t('runs.none')} hint={t('runs.noneHint')}>
          <Button
            intent="primary"
            icon={<Workflow size={14} />}
            text={t('runs.toEditor')}
            onClick={() => showScreen('editor')}
          />
        </ScreenEmpty>
      </>
    )
  }
  return (
    <>
      <RunsHead />
      <div className="runs">
        <RunList />
        {error ? <ScreenEmpty title={error.message} hint={error.hint} /> : <RunDetailView />}
      </div>
    </>
  )
}

function RunsHead() {
  const [storage, setStorage] = useState(false)
  return (
    <ScreenHead title={t('rail.runs')}>
      <Button icon={<HardDrive size={14} />} text={t('storage.open')} onClick={() => setStorage(true)} />
      {storage && <StorageDialog onClose={() => setStorage(false)} />}
    </ScreenHead>
  )
}
