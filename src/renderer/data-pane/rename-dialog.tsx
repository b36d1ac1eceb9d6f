import { Button, Callout, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useEffect, useState } from 'react'
import { toErrorInfo } from '../../shared/errors.ts'
import type { ColumnRename } from '../../shared/rename.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { toastError } from '../store/toasts.ts'
import { closeDialog } from '../store/ui.ts'
import './rename-dialog.css'

const TYPING_MS = 300

interface Thought {
  readonly name: string
  readonly document: unknown
  readonly rename?: ColumnRename
  readonly message?: string
}

/** Asks for a column's new name and shows every place that uses it; with the name that it has, only those places. */
export function RenameColumnDialog(props: {
  readonly nodeId: string
  readonly port: string | undefined
  readonly column: string
}) {
  const { nodeId, port, column } = props
  const [name, setName] = useState(column)
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
        if (!leaving.signal.aborted) setThought({ name, document, rename })
      } catch (thrown) {
        const { message, hint } = toErrorInfo(thrown)
        if (!leaving.signal.aborted) setThought({ name, document, message: [message, hint].filter(Boolean).join(' ') })
      }
    }, TYPING_MS)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [name, document, parameters, nodeId, port, column])

  const known = thought?.name === name && thought.document === document ? thought : undefined
  const uses = known?.rename?.uses.filter((use) => !same || use.nodeId !== known.rename?.added) ?? []
  const ready = !same && known?.rename !== undefined
  const carryOut = (event: FormEvent) => {
    event.preventDefault()
    if (!ready || !known?.rename) return
    try {
      edit(known.rename.edits)
      closeDialog()
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
