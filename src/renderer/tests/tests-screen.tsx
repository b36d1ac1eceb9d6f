import './tests.css'
import { FlaskConical } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { CaseDetail, FileDetail } from './test-detail.tsx'
import { TestsPanel } from './tests-panel.tsx'
import { useTests } from './tests-store.ts'

/** The tests of the project, and beside them what the chosen one came to. */
export function TestsScreen() {
  const selected = useTests((state) => state.selected)
  return (
    <div className="tests-screen">
      <aside className="tests-list" aria-label={t('rail.tests')}>
        <TestsPanel />
      </aside>
      {selected === undefined ? (
        <div className="screen-empty">
          <FlaskConical size={28} strokeWidth={1.5} aria-hidden />
          <p>{t('tests.choose')}</p>
        </div>
      ) : selected.name === undefined ? (
        <FileDetail path={selected.path} />
      ) : (
        <CaseDetail path={selected.path} name={selected.name} />
      )}
    </div>
  )
}
