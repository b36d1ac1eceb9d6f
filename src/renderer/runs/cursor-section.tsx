import { Button } from '@blueprintjs/core'
import { useEffect, useState } from 'react'
import type { RunCursor } from '../../shared/runs/cursors.ts'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useRun } from '../store/run.ts'
import { toast, toastError } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'
import { positionOf } from './cursor-words.ts'
import { loadCursors, resetCursor, useCursors } from './cursors-store.ts'
import { whenOf } from './run-words.ts'
import { selectRun } from './runs-store.ts'
import './cursor-section.css'

/** Where an incremental extract goes on in the next run; nothing for steps that keep no position. */
export function CursorSection({ nodeId }: { readonly nodeId: string }) {
  const cursors = useKept()
  const isIncremental = usePipeline((state) => state.document?.nodes[nodeId]?.config?.incremental !== undefined)
  const cursor = cursors.find((one) => one.nodeId === nodeId)
  if (!cursor && !isIncremental) return null
  return (
    <section className="field" data-field="cursor">
      <header className="field-title">
        <h3>{t('cursor.title')}</h3>
      </header>
      {cursor ? <Position cursor={cursor} /> : <p className="empty-line">{t('cursor.none')}</p>}
    </section>
  )
}

/** The same for all steps of the pipeline in front, those included that it has no longer. */
export function PipelineCursors() {
  const cursors = useKept()
  const nodes = usePipeline((state) => state.document?.nodes)
  if (cursors.length === 0) return null
  return (
    <section className="field">
      <header className="field-title">
        <h3>{t('cursor.titleAll')}</h3>
      </header>
      {cursors.map((cursor) => (
        <div key={cursor.nodeId} className="cursor-one">
          <strong className="truncate">{nodes?.[cursor.nodeId]?.label ?? cursor.nodeId}</strong>
          {!cursor.nodeId.includes('/') && nodes && !nodes[cursor.nodeId] && (
            <p className="secondary">{t('cursor.gone')}</p>
          )}
          <Position cursor={cursor} />
        </div>
      ))}
    </section>
  )
}

const NONE: readonly RunCursor[] = []

function useKept(): readonly RunCursor[] {
  const path = usePipeline((state) => state.path)
  const ran = useRun((state) => state.run?.state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run that ends may have moved them.
  useEffect(() => {
    if (path !== undefined) void loadCursors(path)
  }, [path, ran])
  return useCursors((state) => (state.path === path ? state.cursors : NONE))
}

function Position({ cursor }: { readonly cursor: RunCursor }) {
  const [sure, setSure] = useState(false)
  const { path, nodeId, at, state } = cursor
  const label = usePipeline((pipeline) => pipeline.document?.nodes[nodeId]?.label) ?? nodeId
  const position = positionOf(state)
  const show = () => {
    showScreen('runs')
    selectRun(cursor.runId)
  }
  const reset = () => {
    setSure(false)
    resetCursor(path, nodeId)
      .then(() => toast({ tone: 'neutral', message: t('cursor.wasReset', { node: label }) }))
      .catch(toastError)
  }
  return (
    <div className="cursor-position">
      <p className="mono truncate" title={position}>
        {position}
      </p>
      <p className="secondary">{t('cursor.since', { time: whenOf(at) })}</p>
      {sure ? (
        <div className="cursor-sure" role="alert">
          <p>{t('cursor.sure', { node: label })}</p>
          <Button size="small" text={t('dialog.cancel')} autoFocus onClick={() => setSure(false)} />
          <Button size="small" intent="danger" text={t('cursor.doReset')} onClick={reset} />
        </div>
      ) : (
        <div className="cursor-actions">
          <Button size="small" text={t('cursor.openRun')} onClick={show} />
          <Button size="small" text={t('cursor.reset')} onClick={() => setSure(true)} />
        </div>
      )}
    </div>
  )
}
