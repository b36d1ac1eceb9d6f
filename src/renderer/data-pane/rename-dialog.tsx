import { Button, Callout, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useEffect, useState } from 'react'
import { toErrorInfo } from '../../shared/errors.ts'
import type { ColumnRename } from '../../shared/rename.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { toast, toastError } from '../store/toasts.ts'
import { closeDialog } from '../store/ui.ts'
import './rename-dialog.css'

const TYPING_MS = 300

interface Thought {
  readonly name: string
  readonly document: unknown
  readonly rename?: ColumnRename
  /** Files of tests that name it. */
  readonly tests?: readonly string[]
  readonly message?: string
}

/** Asks for a column's new name and shows every place that uses it; with the name that it has, only those places. */
export function RenameColumnDialog(props: {
  readonly nodeId: string
  readonly port: string | undefined
  readonly column: string
  readonly to?: string | undefined
}) {
  const { nodeId, port, column, to: offered } = props
  const [name, setName] = useState(offered ?? column)
  const path = usePipeline((state) => state.path)
  const [thought, setThought] = useState<Thought>()
  const document = usePipeline((state) => state.document)
  const parameters = usePipeline((state) => state.parameters)
  const same = name === column

  useEffect(() => {
    if (!document || name.trim() === '') return
    const leaving = new AbortController()
    const timer = setTimeout(async () => {
      // What would change for a name that nobody has, is what uses the column.
      const to = name === column ? `${column} (renamed)` : name
      const request = { document, parameters, nodeId, ...(port === undefined ? {} : { port }), column, to }
      try {
        const rename = await api.call('draft.renameColumn', request, { signal: leaving.signal })
        const tests = path === undefined ? [] : await renamedTests(path, rename, true).catch(() => [])
        if (!leaving.signal.aborted) setThought({ name, document, rename, tests })
      } catch (thrown) {
        const { message, hint } = toErrorInfo(thrown)
        if (!leaving.signal.aborted) setThought({ name, document, message: [message, hint].filter(Boolean).join(' ') })
      }
    }, TYPING_MS)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [name, document, parameters, nodeId, port, column, path])

  const known = thought?.name === name && thought.document === document ? thought : undefined
  const uses = known?.rename?.uses.filter((use) => !same || use.nodeId !== known.rename?.added) ?? []
  const tests = known?.tests ?? []
  const ready = !same && known?.rename !== undefined
  const carryOut = (event: FormEvent) => {
    event.preventDefault()
    if (!ready || !known?.rename) return
    try {
      edit(known.rename.edits)
      closeDialog()
      if (path !== undefined && tests.length > 0) renamedTests(path, known.rename, false).then(sayTests, toastError)
    } catch (thrown) {
      toastError(thrown)
    }
  }
  const go = (id: string, field: readonly (string | number)[]) => {
    closeDialog()
    select([id], field)
  }
  return (
    <Dialog isOpen title={t('rename.title', { column })} onClose={closeDialog} transitionDuration={0}>
      <form onSubmit={carryOut}>
        <DialogBody>
          <FormGroup label={t('rename.name')} labelFor="column-name">
            <InputGroup id="column-name" autoFocus fill value={name} onValueChange={setName} />
          </FormGroup>
          {known?.message !== undefined && <Callout intent="danger">{known.message}</Callout>}
          {known?.rename && (
            <div className="rename-uses">
              <p>{t('rename.uses', { count: uses.length })}</p>
              <ul>
                {uses.map((use) => (
                  <li key={`${use.nodeId} ${use.part} ${use.field.join('.')}`}>
                    <button
                      type="button"
                      disabled={!document?.nodes[use.nodeId]}
                      onClick={() => go(use.nodeId, use.part === 'checks' ? ['checks', ...use.field] : use.field)}
                    >
                      <b>{document?.nodes[use.nodeId]?.label ?? use.nodeId}</b>
                      <span>{same || !document?.nodes[use.nodeId] ? use.before : `${use.before} → ${use.after}`}</span>
                    </button>
                  </li>
                ))}
              </ul>
              {tests.length > 0 && (
                <>
                  <p>{t('rename.tests', { count: tests.length })}</p>
                  <ul className="rename-tests">
                    {tests.map((test) => (
                      <li key={test} className="mono truncate" title={test}>
                        {test}
                      </li>
                    ))}
                  </ul>
                  {!same && <p className="secondary">{t('rename.testsUndo')}</p>}
                </>
              )}
              {!same && known.rename.added !== undefined && <p>{t('rename.added')}</p>}
              {known.rename.lookAt.length > 0 && (
                <Callout intent="warning" title={t('rename.lookAt')}>
                  <ul>
                    {known.rename.lookAt.map((one) => (
                      <li key={`${one.nodeId} ${one.field.join('.')} ${one.message}`}>
                        <button type="button" onClick={() => go(one.nodeId, one.field)}>
                          <b>{document?.nodes[one.nodeId]?.label ?? one.nodeId}</b>
                          <span>{one.message}</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                </Callout>
              )}
            </div>
          )}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={closeDialog} />
              <Button type="submit" intent="primary" text={t('rename.do')} disabled={!ready} />
            </>
          }
        />
      </form>
    </Dialog>
  )
}

const renamedTests = async (pipeline: string, { columns }: ColumnRename, dryRun: boolean): Promise<readonly string[]> =>
  (await api.call('tests.renameColumns', { pipeline, columns, dryRun })).paths

const sayTests = (paths: readonly string[]): void =>
  toast({ tone: 'ok', message: t('rename.testsDone', { count: paths.length }), hint: paths.join(', ') })
