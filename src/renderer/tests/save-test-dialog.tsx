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
import { type FormEvent, useEffect, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { Expectation, TestFile } from '../../shared/tests/test-file.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { toast, toastError } from '../store/toasts.ts'
import { closeDialog, showScreen } from '../store/ui.ts'
import { Failure } from './test-detail.tsx'
import { runTests, selectTest } from './tests-store.ts'

/** As many rows as that stand in files. */
const ALL = 10_000

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
      selectTest({ path: saved.path })
      showScreen('tests')
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
