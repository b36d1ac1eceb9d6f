import { Button } from '@blueprintjs/core'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ErrorInfo } from '../../shared/errors.ts'
import type { TestFileText } from '../../shared/rpc/app/tests.ts'
import type { ExpectationResult } from '../../shared/tests/result.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'
import { DifferenceView } from './difference-view.tsx'
import { caseKey, loadTests, runTests, selectTest, useTests } from './tests-store.ts'

/** What a case came to, output by output. */
export function CaseDetail({ path, name }: { readonly path: string; readonly name: string }) {
  const result = useTests((state) => state.results[caseKey(path, name)])
  const running = useTests((state) => state.running)
  return (
    <section className="test-detail" aria-label={name}>
      <header className="test-detail-head">
        <div className="test-detail-words">
          <h2 className="detail-title">{name}</h2>
          <p className="difference-note">{path}</p>
        </div>
        <Button text={t('tests.openFile')} onClick={() => selectTest({ path })} />
        <Button text={t('tests.openPipeline')} onClick={() => void openPipelineOf(path)} />
        <Button
          intent="primary"
          text={t('tests.run')}
          loading={running}
          onClick={() => void runTests({ path, name })}
        />
      </header>
      {!result && <p className="secondary">{t('tests.notRun')}</p>}
      {result?.error && <Failure error={result.error} />}
      {result?.expectations.map((each) => (
        <Outcome key={each.output} outcome={each} />
      ))}
    </section>
  )
}

async function openPipelineOf(path: string): Promise<void> {
  const pipeline = useTests.getState().entries.find((entry) => entry.path === path)?.pipeline
  if (pipeline === undefined) return
  showScreen('editor')
  await openPipeline(pipeline).catch(toastError)
}

function Outcome({ outcome }: { readonly outcome: ExpectationResult }) {
  const { output, state, message, difference, error } = outcome
  const Icon = state === 'passed' ? CircleCheck : CircleAlert
  const sides = { before: t('tests.expectedSide'), after: t('tests.cameSide') }
  return (
    <section className="test-outcome">
      <h3>
        <code>{output}</code>
        <span className={`tests-${state}`}>
          <Icon size={14} aria-hidden /> {t(`tests.${state}`)}
        </span>
      </h3>
      {message && !difference && <p>{message}</p>}
      {error && <Failure error={error} />}
      {difference && <DifferenceView difference={difference} sides={sides} />}
    </section>
  )
}

export const Failure = ({ error }: { readonly error: ErrorInfo }) => (
  <p className="inspector-callout inspector-callout-error" role="alert">
    {error.nodeId && <code>{error.nodeId}</code>} {error.message} <span className="secondary">{error.hint}</span>
  </p>
)

/** A test's file as it is written. */
export function FileDetail({ path }: { readonly path: string }) {
  const [file, setFile] = useState<TestFileText | undefined>(undefined)
  useEffect(() => {
    setFile(undefined)
    api.call('tests.read', { path }).then(setFile, toastError)
  }, [path])
  const remove = async () => {
    await api.call('tests.remove', { path }).catch(toastError)
    selectTest(undefined)
    await loadTests()
  }
  return (
    <section className="test-detail" aria-label={path}>
      <header className="test-detail-head">
        <div className="test-detail-words">
          <h2 className="detail-title">{file?.file?.name ?? path}</h2>
          <p className="difference-note">{path}</p>
        </div>
        <Button text={t('tests.delete')} onClick={() => void remove()} />
        <Button text={t('tests.openPipeline')} onClick={() => void openPipelineOf(path)} />
        <Button intent="primary" text={t('tests.run')} onClick={() => void runTests({ path })} />
      </header>
      {file?.problems.map((problem) => (
        <p key={problem.message} className="inspector-callout inspector-callout-error" role="alert">
          {problem.position?.line}: {problem.message} <span className="secondary">{problem.hint}</span>
        </p>
      ))}
      <pre className="test-text">{file?.text}</pre>
    </section>
  )
}
