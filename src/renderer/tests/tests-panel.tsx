import './tests.css'
import { CircleAlert, CircleCheck, CircleDashed, FileWarning, LoaderCircle, Play } from 'lucide-react'
import { useEffect } from 'react'
import type { TestEntry } from '../../shared/rpc/app/tests.ts'
import { formatMilliseconds, t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { caseKey, caseState, loadTests, runTests, selectTest, useTests } from './tests-store.ts'

/** Tests of the project and their state. */
export function TestsPanel() {
  const root = useProject((state) => state.project?.root)
  const { entries, loaded, error } = useTests()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another project has other tests.
  useEffect(() => void loadTests(), [root])
  return (
    <>
      {error && (
        <p className="panel-none tests-error" role="alert">
          {error.message}
        </p>
      )}
      <ul className="panel-list panel-list-first">
        {entries.map((entry) => (
          <TestFileItem key={entry.path} entry={entry} />
        ))}
      </ul>
      {loaded && entries.length === 0 && (
        <div className="panel-none">
          <p>{t('tests.none')}</p>
          <p>{t('tests.noneHint')}</p>
        </div>
      )}
    </>
  )
}

function TestFileItem({ entry }: { readonly entry: TestEntry }) {
  const { path, name, cases, problems } = entry
  const running = useTests((state) => state.running)
  const [problem] = problems
  return (
    <li className="tests-file">
      <div className="panel-item">
        <button type="button" className="panel-item-main" title={path} onClick={() => selectTest({ path })}>
          {problem && <FileWarning size={15} className="tests-failed" aria-hidden />}
          <span className="panel-item-words">
            <span className="truncate tests-file-name">{name}</span>
            <span className="panel-item-more truncate">
              {problem ? `${problem.position?.line ?? 1}: ${problem.message}` : path}
            </span>
          </span>
        </button>
        <button
          type="button"
          className="panel-item-action"
          disabled={running}
          aria-label={t('tests.runFile', { name })}
          title={t('tests.runFile', { name })}
          onClick={() => void runTests({ path })}
        >
          <Play size={13} aria-hidden />
        </button>
      </div>
      <ul className="tests-cases">
        {cases.map((each) => (
          <CaseItem key={each} path={path} name={each} />
        ))}
      </ul>
    </li>
  )
}

const icons = {
  waiting: CircleDashed,
  running: LoaderCircle,
  passed: CircleCheck,
  failed: CircleAlert,
  error: CircleAlert,
} as const

function CaseItem({ path, name }: { readonly path: string; readonly name: string }) {
  const state = useTests((tests) => caseState(tests, path, name))
  const result = useTests((tests) => tests.results[caseKey(path, name)])
  const running = useTests((tests) => tests.running)
  const front = useTests(({ selected }) => selected?.path === path && selected.name === name)
  const Icon = icons[state ?? 'waiting']
  const more = state && result && state === result.state ? formatMilliseconds(result.milliseconds) : undefined
  return (
    <li className={`panel-item${front ? ' is-front' : ''}`}>
      <button
        type="button"
        className="panel-item-main"
        title={name}
        aria-current={front ? 'true' : undefined}
        onClick={() => selectTest({ path, name })}
      >
        <Icon size={14} strokeWidth={1.9} className={`tests-${state ?? 'unknown'}`} aria-hidden />
        <span className="tests-case-name">{name}</span>
        <span className="visually-hidden">{state ? t(`tests.${state}`) : ''}</span>
        {more && <span className="tests-time">{more}</span>}
      </button>
      <button
        type="button"
        className="panel-item-action"
        disabled={running}
        aria-label={t('tests.runCase', { name })}
        title={t('tests.runCase', { name })}
        onClick={() => void runTests({ path, name })}
      >
        <Play size={12} aria-hidden />
      </button>
    </li>
  )
}
