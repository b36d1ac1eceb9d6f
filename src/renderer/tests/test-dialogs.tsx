import './tests.css'
import {
  Button,
  Checkbox,
  Dialog,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  InputGroup,
} from '@blueprintjs/core'
import { CircleCheck } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { TestFileText } from '../../shared/rpc/app/tests.ts'
import type { ExpectationResult } from '../../shared/tests/result.ts'
import type { Expectation, TestFile } from '../../shared/tests/test-file.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { openPipeline } from '../store/sessions.ts'
import { toast, toastError } from '../store/toasts.ts'
import { closeDialog, showPanes } from '../store/ui.ts'
import { DifferenceView } from './difference-view.tsx'
import { caseKey, loadTests, runTests, useTests } from './tests-store.ts'

/** As many rows as that stand in files. */
const ALL = 10_000

/** What a case came to, output by output. */
export function TestResultDialog({ path, name }: { readonly path: string; readonly name: string }) {
  const result = useTests((state) => state.results[caseKey(path, name)])
  const running = useTests((state) => state.running)
  return (
    <Dialog isOpen title={name} onClose={closeDialog} transitionDuration={0} className="dialog-wide">
      <DialogBody>
        <p className="difference-note">{path}</p>
        {result?.error && <Failure error={result.error} />}
        {result?.expectations.map((each) => (
          <Outcome key={each.output} outcome={each} />
        ))}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('tests.openPipeline')} onClick={() => void openPipelineOf(path)} />
            <Button text={t('tests.runAgain')} loading={running} onClick={() => void runTests({ path, name })} />
            <Button intent="primary" text={t('dialog.close')} onClick={closeDialog} />
          </>
        }
      />
    </Dialog>
  )
}

async function openPipelineOf(path: string): Promise<void> {
  const pipeline = useTests.getState().entries.find((entry) => entry.path === path)?.pipeline
  if (pipeline === undefined) return
  closeDialog()
  await openPipeline(pipeline).catch(toastError)
}

function Outcome({ outcome }: { readonly outcome: ExpectationResult }) {
  const { output, state, message, difference, error } = outcome
  return (
    <section className="test-outcome">
      <h3>
        <code>{output}</code>
        <span className={`tests-${state}`}>
          {state === 'passed' ? <CircleCheck size={14} aria-hidden /> : null} {t(`tests.${state}`)}
        </span>
      </h3>
      {message && <p>{message}</p>}
      {error && <Failure error={error} />}
      {difference && (
        <DifferenceView
          difference={difference}
          sides={{ before: t('tests.expectedSide'), after: t('tests.cameSide') }}
        />
      )}
    </section>
  )
}

const Failure = ({ error }: { readonly error: ErrorInfo }) => (
  <p className="inspector-callout inspector-callout-error" role="alert">
    {error.nodeId && <code>{error.nodeId}</code>} {error.message} <span className="secondary">{error.hint}</span>
  </p>
)

/** A test's file as it is written. */
export function TestFileDialog({ path }: { readonly path: string }) {
  const [file, setFile] = useState<TestFileText | undefined>(undefined)
  useEffect(() => {
    api.call('tests.read', { path }).then(setFile, (thrown) => {
      closeDialog()
      toastError(thrown)
    })
  }, [path])
  const remove = async () => {
    await api.call('tests.remove', { path }).catch(toastError)
    closeDialog()
    await loadTests()
  }
  return (
    <Dialog isOpen title={path} onClose={closeDialog} transitionDuration={0} className="dialog-wide">
      <DialogBody>
        {file?.problems.map((problem) => (
          <p key={problem.message} className="inspector-callout inspector-callout-error" role="alert">
            {problem.position?.line}: {problem.message} <span className="secondary">{problem.hint}</span>
          </p>
        ))}
        <pre className="test-text">{file?.text}</pre>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('tests.delete')} onClick={() => void remove()} />
            <Button text={t('tests.openPipeline')} onClick={() => void openPipelineOf(path)} />
            <Button intent="primary" text={t('dialog.close')} onClick={closeDialog} />
          </>
        }
      />
    </Dialog>
  )
}

/** Makes a test of what the data pane shows, to be looked over before it is saved. */
export function SaveTestDialog({ nodeId, port }: { readonly nodeId: string; readonly port: string | undefined }) {
  const { document, path, parameters } = usePipeline.getState()
  const output = port === undefined ? nodeId : `${nodeId}.${port}`
  const [name, setName] = useState(`${document?.name ?? ''}: ${document?.nodes[nodeId]?.label ?? nodeId}`)
  const [rows, setRows] = useState(200)
  const [now, setNow] = useState('')
  const [ordered, setOrdered] = useState(false)
  const [typed, setTyped] = useState(true)
  const [keys, setKeys] = useState('')
  const [draft, setDraft] = useState<{ file: TestFile; partial: string[] } | undefined>(undefined)
  const [error, setError] = useState<ErrorInfo | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (!document || path === undefined) return
    const leaving = new AbortController()
    const clock = now.trim() === '' ? {} : { now: now.trim() }
    const request = { document, parameters: { ...parameters }, path, nodeId, name: 'draft', rows, ...clock }
    const timer = setTimeout(() => {
      api.call('tests.fromPreview', { ...request, ...(port ? { port } : {}) }, { signal: leaving.signal }).then(
        (made) => {
          setDraft(made)
          setError(undefined)
        },
        (thrown) => {
          if (!leaving.signal.aborted) setError(toErrorInfo(thrown))
        },
      )
    }, 200)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [document, path, parameters, nodeId, port, rows, now])
  const expected = draft?.file.expect?.[output]
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (!draft || !expected || busy) return
    setBusy(true)
    const list = keys
      .split(',')
      .map((key) => key.trim())
      .filter(Boolean)
    const chosen: Expectation = {
      ...expected,
      ...(ordered ? { ordered } : {}),
      ...(list.length > 0 ? { keys: list } : {}),
      ...(typed ? {} : { columns: (expected.columns ?? []).map((column) => ({ name: column.name })) }),
    }
    try {
      const saved = await api.call('tests.save', {
        files: rows === ALL,
        file: { ...draft.file, name: name.trim(), expect: { [output]: chosen } },
      })
      toast({ tone: 'ok', message: t('tests.saved', { path: saved.path }) })
      closeDialog()
      showPanes({ leftPanel: 'tests', leftOpen: true })
      await runTests({ path: saved.path })
    } catch (thrown) {
      setBusy(false)
      toastError(thrown)
    }
  }
  return (
    <Dialog isOpen title={t('tests.saveTitle')} onClose={closeDialog} transitionDuration={0} className="dialog-wide">
      <form onSubmit={save}>
        <DialogBody>
          <FormGroup label={t('pipelines.name')} labelFor="test-name">
            <InputGroup id="test-name" autoFocus fill value={name} onValueChange={setName} maxLength={200} />
          </FormGroup>
          <div className="test-fields">
            <FormGroup label={t('tests.rows')} labelFor="test-rows">
              <HTMLSelect
                id="test-rows"
                value={String(rows)}
                onChange={(event) => setRows(Number(event.currentTarget.value))}
                options={['10', '50', '200', '1000', { value: String(ALL), label: t('tests.files') }]}
              />
            </FormGroup>
            <FormGroup label={t('tests.now')} labelFor="test-now">
              <InputGroup id="test-now" value={now} onValueChange={setNow} placeholder="2024-06-30" />
            </FormGroup>
            <FormGroup label={t('tests.keys')} labelFor="test-keys">
              <InputGroup id="test-keys" value={keys} onValueChange={setKeys} placeholder={t('tests.keysFound')} />
            </FormGroup>
          </div>
          <Checkbox checked={ordered} onChange={() => setOrdered(!ordered)} label={t('tests.ordered')} />
          <Checkbox checked={typed} onChange={() => setTyped(!typed)} label={t('tests.typed')} />
          {error && <Failure error={error} />}
          {draft && (
            <p className="difference-note">
              {t('tests.gives', { names: Object.keys(draft.file.given ?? {}).join(', ') || '–' })}{' '}
              {draft.partial.length > 0 && t('tests.partial', { names: draft.partial.join(', '), count: rows })}
            </p>
          )}
          {expected && <ExpectedRows expected={expected} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={closeDialog} />
              <Button
                type="submit"
                intent="primary"
                text={t('tests.save')}
                disabled={name.trim() === '' || !draft || error !== undefined || busy}
              />
            </>
          }
        />
      </form>
    </Dialog>
  )
}

const SHOWN = 12

function ExpectedRows({ expected }: { readonly expected: Expectation }) {
  const { columns = [], rows = [] } = expected
  return (
    <>
      <p className="difference-note">{t('tests.expects', { count: rows.length })}</p>
      <div className="difference-scroll">
        <table className="difference-table">
          <thead>
            <tr>
              {columns.map(({ name, type }) => (
                <th key={name} scope="col">
                  {name}
                  <span className="difference-type">{type}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row) => (
              <tr key={JSON.stringify(row)}>
                {columns.map(({ name }, index) => (
                  <td key={name} className={row[index] === null ? 'is-null' : ''}>
                    {row[index] ?? 'null'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
