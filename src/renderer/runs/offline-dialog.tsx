import { Button, Callout, Dialog, DialogBody, DialogFooter } from '@blueprintjs/core'
import { useEffect, useState } from 'react'
import type { KeptSource } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { startRun } from '../store/run.ts'
import { closeDialog } from '../store/ui.ts'
import { ageOf, whenOf } from './run-words.ts'
import './dry-run.css'

/** Says of when the rows are that a run offline takes, and starts it. */
export function OfflineDialog() {
  const document = usePipeline((state) => state.document)
  const parameters = usePipeline((state) => state.parameters)
  const [sources, setSources] = useState<readonly KeptSource[]>()
  const [error, setError] = useState<ErrorInfo>()
  useEffect(() => {
    if (!document) return
    const leaving = new AbortController()
    api
      .call('draft.keptSources', { document, parameters: { ...parameters } }, { signal: leaving.signal })
      .then(setSources)
      .catch((thrown: unknown) => !leaving.signal.aborted && setError(toErrorInfo(thrown)))
    return () => leaving.abort()
  }, [document, parameters])
  const missing = sources?.filter(({ at }) => at === undefined).length ?? 0
  return (
    <Dialog isOpen title={t('offline.title')} onClose={closeDialog} transitionDuration={0}>
      <DialogBody>
        <p>{t('offline.body')}</p>
        {error && <Callout intent="danger">{error.message}</Callout>}
        {!sources && !error && <p className="secondary">{t('offline.asking')}</p>}
        {sources?.length === 0 && <p>{t('offline.none')}</p>}
        {sources !== undefined && sources.length > 0 && (
          <table className="dry-run">
            <thead>
              <tr>
                <th scope="col">{t('offline.source')}</th>
                <th scope="col">{t('offline.rowsOf')}</th>
              </tr>
            </thead>
            <tbody>
              {sources.map(({ nodeId, at }) => (
                <tr key={nodeId}>
                  <th scope="row" className="truncate" title={nodeId}>
                    {document?.nodes[nodeId]?.label ?? nodeId}
                  </th>
                  <td className={at === undefined ? 'is-deleted' : undefined}>
                    {at === undefined ? t('offline.never') : `${whenOf(at, true)} · ${ageOf(at)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {missing > 0 && <Callout intent="warning">{t('offline.missing', { count: missing })}</Callout>}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('dialog.cancel')} onClick={closeDialog} />
            <Button
              intent="primary"
              text={t('offline.run')}
              disabled={!sources || missing > 0}
              onClick={() => {
                closeDialog()
                void startRun({ offline: true })
              }}
            />
          </>
        }
      />
    </Dialog>
  )
}
