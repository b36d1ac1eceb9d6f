import './tests.css'
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
        <p className="tests-choose secondary">{t('tests.choose')}</p>
      ) : selected.name === undefined ? (
        <FileDetail path={selected.path} />
      ) : (
        <CaseDetail path={selected.path} name={selected.name} />
      )}
    </div>
  )
}
