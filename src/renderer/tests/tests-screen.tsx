import './tests.css'
import { Button } from '@blueprintjs/core'
import { FlaskConical, Play, Square } from 'lucide-react'
import { ScreenEmpty } from '../frame/screen-empty.tsx'
import { ScreenHead } from '../frame/screen-head.tsx'
import { t } from '../i18n/index.ts'
import { CaseDetail, FileDetail } from './test-detail.tsx'
import { TestsPanel } from './tests-panel.tsx'
import { runTests, stopTests, useTests } from './tests-store.ts'

/** The tests of the project, and beside them what the chosen one came to. */
export function TestsScreen() {
  const selected = useTests((state) => state.selected)
  return (
    <>
      <TestsHead />
      <div className="tests-screen">
        <aside className="tests-list" aria-label={t('rail.tests')}>
          <TestsPanel />
        </aside>
        {selected === undefined ? (
          <ScreenEmpty icon={FlaskConical} title={t('tests.chooseTitle')} hint={t('tests.choose')} />
        ) : selected.name === undefined ? (
          <FileDetail path={selected.path} />
        ) : (
          <CaseDetail path={selected.path} name={selected.name} />
        )}
      </div>
    </>
  )
}

function TestsHead() {
  const running = useTests((state) => state.running)
  const none = useTests(({ entries }) => entries.length === 0)
  return (
    <ScreenHead title={t('rail.tests')}>
      {running ? (
        <Button icon={<Square size={13} />} text={t('tests.stop')} onClick={stopTests} />
      ) : (
        <Button
          intent="primary"
          icon={<Play size={14} />}
          text={t('tests.runAll')}
          disabled={none}
          onClick={() => void runTests()}
        />
      )}
    </ScreenHead>
  )
}
