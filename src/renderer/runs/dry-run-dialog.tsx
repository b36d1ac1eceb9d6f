import { Button, Callout, Checkbox, Dialog, DialogBody, DialogFooter, ProgressBar } from '@blueprintjs/core'
import { useEffect, useState } from 'react'
import type { LoadForecast } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { readsConnections } from '../../shared/pipeline/reads-connections.ts'
import { api } from '../api.ts'
import { formatNumber, t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { startRun } from '../store/run.ts'
import { closeDialog } from '../store/ui.ts'
import { type DryRun, foldDryRun, isOnlyCounted, newDryRun } from './dry-run.ts'
import './dry-run.css'

/** Computes the pipeline in front, and says what each load would do to its target. */
export function DryRunDialog() {
  const document = usePipeline((state) => state.document)
  const parameters = usePipeline((state) => state.parameters)
  const path = usePipeline((state) => state.path)
  const [run, setRun] = useState<DryRun>(newDryRun)
  const [offline, setOffline] = useState(false)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is of the pipeline as it was when it was asked for; `turn` asks again.
  useEffect(() => {
    if (!document) return
    const leaving = new AbortController()
    setRun(newDryRun)
    const asked = { document, parameters: { ...parameters }, offline, ...(path === undefined ? {} : { path }) }
    void follow(asked, leaving.signal, setRun)
    return () => leaving.abort()
  }, [offline, turn])
  const nameOf = (nodeId: string) => document?.nodes[nodeId]?.label ?? nodeId
  const isDone = run.state !== 'running'
  return (
    <Dialog
      isOpen
      title={t('dryRun.title')}
      onClose={closeDialog}
      transitionDuration={0}
      className="dialog-dry-run"
      canOutsideClickClose={false}
    >
      <DialogBody>
        <p className="secondary">{t('dryRun.hint')}</p>
        {readsConnections(document) && (
          <Checkbox
            checked={offline}
            label={t('dryRun.offline')}
            onChange={({ currentTarget }) => setOffline(currentTarget.checked)}
          />
        )}
        <div aria-live="polite" aria-busy={!isDone}>
          {!isDone && (
            <div className="dry-run-going">
              <ProgressBar value={run.fraction} intent="primary" aria-label={t('dryRun.title')} />
              <p className="secondary">{t('dryRun.going', { percent: Math.round(run.fraction * 100) })}</p>
            </div>
          )}
          {run.state === 'failed' && (
            <Failure run={run} name={run.nodeId === undefined ? undefined : nameOf(run.nodeId)} />
          )}
          {run.loads.length > 0 && <Loads run={run} nameOf={nameOf} />}
          {run.state === 'succeeded' && (
            <p className="dry-run-end">{t(run.loads.length === 0 ? 'dryRun.noLoads' : 'dryRun.nothingWritten')}</p>
          )}
        </div>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('dryRun.close')} onClick={closeDialog} />
            <Button text={t('dryRun.again')} disabled={!isDone} onClick={() => setTurn(turn + 1)} />
            <Button
              intent="primary"
              text={t(offline ? 'offline.run' : 'dryRun.runNow')}
              disabled={run.state !== 'succeeded' || run.loads.length === 0}
              onClick={() => {
                closeDialog()
                void startRun({ offline })
              }}
            />
          </>
        }
      />
    </Dialog>
  )
}

async function follow(
  asked: Parameters<typeof api.stream<'draft.forecast'>>[1],
  signal: AbortSignal,
  show: (run: DryRun) => void,
): Promise<void> {
  let run = newDryRun
  try {
    for await (const event of api.stream('draft.forecast', asked, { signal })) {
      run = foldDryRun(run, event)
      if (!signal.aborted) show(run)
    }
  } catch (thrown) {
    if (!signal.aborted) show({ ...run, state: 'failed', error: run.error ?? toErrorInfo(thrown) })
  }
}

function Failure({ run, name }: { readonly run: DryRun; readonly name: string | undefined }) {
  const title = name === undefined ? t('dryRun.failed') : t('dryRun.failedAt', { load: name })
  return (
    <Callout intent="danger" title={title}>
      <p>{run.error?.message}</p>
      {run.error?.hint !== undefined && <p>{run.error.hint}</p>}
    </Callout>
  )
}

interface LoadsProps {
  readonly run: DryRun
  readonly nameOf: (nodeId: string) => string
}

const COUNTS = ['new', 'changed', 'deleted', 'unchanged'] as const

function Loads({ run, nameOf }: LoadsProps) {
  const drifted = run.loads.filter(({ forecast }) => forecast.columns.length > 0)
  const known = run.loads.some(({ forecast }) => !isOnlyCounted(forecast))
  return (
    <>
      <table className="dry-run">
        <thead>
          <tr>
            <th scope="col">{t('dryRun.load')}</th>
            {known ? (
              COUNTS.map((count) => (
                <th key={count} scope="col" className="is-number">
                  {t(`dryRun.${count}`)}
                </th>
              ))
            ) : (
              <th scope="col" />
            )}
            <th scope="col">{t('dryRun.target')}</th>
          </tr>
        </thead>
        <tbody>
          {run.loads.map(({ nodeId, forecast }) => (
            <tr key={nodeId}>
              <th scope="row" className="truncate" title={nameOf(nodeId)}>
                {nameOf(nodeId)}
              </th>
              <Counts forecast={forecast} span={known ? COUNTS.length : 1} />
              <td>{targetWords(forecast)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {run.loads.some(({ forecast }) => isOnlyCounted(forecast)) && <p className="secondary">{t('dryRun.counted')}</p>}
      {drifted.map(({ nodeId, forecast }) => (
        <section key={nodeId} className="dry-run-columns">
          <h3>{t('dryRun.columns', { load: nameOf(nodeId) })}</h3>
          <ul>
            {forecast.columns.map(({ name, message }) => (
              <li key={name}>{message}</li>
            ))}
          </ul>
        </section>
      ))}
      {run.state === 'succeeded' && known && drifted.length === 0 && (
        <p className="secondary">{t('dryRun.sameColumns')}</p>
      )}
    </>
  )
}

function Counts({ forecast, span }: { readonly forecast: LoadForecast; readonly span: number }) {
  if (isOnlyCounted(forecast))
    return (
      <td colSpan={span} className="dry-run-counted">
        {t('dryRun.countedRows', { count: Number(forecast.rows.new) })}
      </td>
    )
  return COUNTS.map((count) => {
    const rows = forecast.rows[count]
    return (
      <td key={count} className={`is-number${rows !== undefined && rows !== '0' ? ` is-${count}` : ''}`}>
        {rows === undefined ? <abbr title={t('dryRun.unknown')}>?</abbr> : formatNumber(rows)}
      </td>
    )
  })
}

function targetWords({ creates, files }: LoadForecast): string {
  if (creates === undefined) return '?'
  if (!creates && files) {
    const { replaced, kept } = files
    if (replaced + kept === 1) return t(replaced === 1 ? 'dryRun.fileReplaced' : 'dryRun.fileAdded')
    return t('dryRun.files', { replaced, kept })
  }
  return t(creates ? 'dryRun.makes' : 'dryRun.exists')
}
