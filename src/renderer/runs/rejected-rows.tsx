import { Button } from '@blueprintjs/core'
import { Download, RotateCcw, StepForward } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { z } from 'zod'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { RunRejects, RunSummary } from '../../shared/runs/history.ts'
import type { replayOptionsSchema } from '../../shared/runs/rejects.ts'
import { api } from '../api.ts'
import { DataGrid } from '../data-pane/data-grid.tsx'
import type { GridEditing } from '../data-pane/edited-cell.tsx'
import { formatNumber, t } from '../i18n/index.ts'
import { ExportRejects } from './export-rejects.tsx'
import { type Changes, changeOf, type RejectedRows, repairedRows, withChange, withPage } from './rejects-store.ts'
import { loadRuns, selectRun } from './runs-store.ts'

const PAGE = 200

interface Props {
  readonly run: RunSummary
  readonly rejects: RunRejects
}

/** The rows that one port turned down: read as far as they are looked at, repaired in place, left out, and run again. */
export function RejectedRowsView({ run, rejects }: Props) {
  const { nodeId, port } = rejects
  const of = useMemo(() => ({ runId: run.runId, nodeId, port }), [run.runId, nodeId, port])
  const { kept, error: unread, more } = usePages(of)
  const [changes, setChanges] = useState<Changes>(new Map())
  const [chosen, setLeftOut] = useState<ReadonlySet<number>>()
  const [error, setError] = useState<ErrorInfo>()
  const [busy, setBusy] = useState(false)
  const [exporting, setExporting] = useState(false)
  const rows = useMemo(() => (kept ? repairedRows(kept, changes) : []), [kept, changes])
  if (unread) return <p className="panel-none">{unread.message}</p>
  if (!kept) return <div aria-busy="true" />
  // What was replayed before is not replayed again, unless it is chosen.
  const leftOut = chosen ?? kept.replayed
  const count = kept.total - leftOut.size
  const replay = async (more: Partial<z.input<typeof replayOptionsSchema>> = {}) => {
    setBusy(true)
    setError(undefined)
    try {
      const through = kept.changed === undefined ? {} : { pipeline: 'then' as const }
      const asked = { ...of, repairs: [...changes.values()], exclude: [...leftOut], ...through, ...more }
      const { runId } = await api.call('run.replay', asked)
      selectRun(runId)
      void loadRuns()
    } catch (thrown) {
      setError(toErrorInfo(thrown))
      setBusy(false)
    }
  }
  const said = [
    t('rejects.rows', { count: kept.total }),
    ...(run.attempt === rejects.attempt ? [] : [t('rejects.ofAttempt', { count: rejects.attempt })]),
    ...(String(kept.total) === rejects.rows ? [] : [t('rejects.of', { count: formatNumber(rejects.rows) })]),
    ...(kept.replayed.size > 0 ? [t('rejects.replayed', { count: kept.replayed.size })] : []),
    ...(changes.size > 0 ? [t('rejects.changed', { count: changes.size })] : []),
    ...(leftOut.size > 0 ? [t('rejects.out', { count: leftOut.size })] : []),
  ]
  const canReplay = kept.editable.size > 0
  return (
    <div className="run-rejects-grid">
      <div className="run-rejects-bar">
        <span className="run-rejects-words truncate">
          {said.join(' · ')}
          <span className="run-of">{t(canReplay ? 'rejects.howTo' : 'rejects.ofSource')}</span>
        </span>
        {(changes.size > 0 || chosen !== undefined) && (
          <Button
            size="small"
            variant="minimal"
            icon={<RotateCcw size={13} />}
            text={t('rejects.discard')}
            onClick={() => {
              setChanges(new Map())
              setLeftOut(undefined)
              setError(undefined)
            }}
          />
        )}
        <Button
          size="small"
          icon={<Download size={13} />}
          text={t('rejects.export')}
          onClick={() => setExporting(true)}
        />
        {canReplay && (
          <Button
            size="small"
            intent="primary"
            icon={<StepForward size={13} />}
            text={t('rejects.replay', { count })}
            title={t('rejects.replayHint', { name: nodeId })}
            disabled={count === 0}
            loading={busy}
            onClick={() => void replay()}
          />
        )}
      </div>
      {kept.changed !== undefined && canReplay && (
        <p className="run-rejects-note" role="note">
          {kept.changed} {t('rejects.then')}
        </p>
      )}
      {error && (
        <div className="run-failure run-rejects-failure" role="alert">
          <p>{error.message}</p>
          {error.hint !== undefined && <p className="run-failure-hint">{error.hint}</p>}
          {error.code === 'replay.already' && (
            <Button
              size="small"
              text={t('rejects.again')}
              loading={busy}
              onClick={() => void replay({ again: true })}
            />
          )}
          {error.code === 'replay.changed' && (
            <Button
              size="small"
              text={t('rejects.asItWas')}
              loading={busy}
              onClick={() => void replay({ pipeline: 'then' })}
            />
          )}
        </div>
      )}
      <DataGrid
        bare
        columns={kept.columns}
        rows={rows}
        identity={`${run.runId}.${nodeId}.${port}`}
        onEnd={more}
        {...(canReplay && { editing: editingOf({ kept, changes, setChanges, leftOut, setLeftOut }) })}
      />
      {exporting && <ExportRejects of={of} onClose={() => setExporting(false)} />}
    </div>
  )
}

/** Pages as they are asked for, one after the other. */
function usePages(of: { readonly runId: string; readonly nodeId: string; readonly port: string }) {
  const [kept, setKept] = useState<RejectedRows>()
  const [error, setError] = useState<ErrorInfo>()
  const asked = useRef(-1)
  const had = kept?.rows.length ?? 0
  const total = kept?.total
  const more = useCallback(() => {
    if (asked.current >= had || had === total) return
    asked.current = had
    api.call('run.rejects', { ...of, limit: PAGE, offset: had }).then(
      (page) => setKept((before) => withPage(before, page)),
      (thrown: unknown) => setError(toErrorInfo(thrown)),
    )
  }, [of, had, total])
  useEffect(() => {
    if (had === 0) more()
  }, [had, more])
  return { kept, error, more }
}

function editingOf(state: {
  readonly kept: RejectedRows
  readonly changes: Changes
  readonly setChanges: (changes: Changes) => void
  readonly leftOut: ReadonlySet<number>
  readonly setLeftOut: (rows: ReadonlySet<number>) => void
}): GridEditing {
  const { kept, changes, setChanges, leftOut, setLeftOut } = state
  const nameOf = (column: number) => kept.columns[column]?.name ?? ''
  return {
    canEdit: ({ row, column }) => kept.editable.has(column) && !leftOut.has(row),
    change: ({ row, column }, value) =>
      setChanges(withChange(changes, { row, column: nameOf(column), value }, kept.rows[row]?.[column] ?? null)),
    markOf: ({ row, column }) => {
      if (!kept.editable.has(column)) return ' cell-reason'
      if (changeOf(changes, row, nameOf(column))) return ' cell-changed'
      const faults = kept.rows[row]?.[kept.fault]?.split(', ') ?? []
      return faults.includes(nameOf(column)) ? ' cell-fault' : ''
    },
    isLeftOut: (row) => leftOut.has(row),
    leaveOut: (row, isOut) => {
      const next = new Set(leftOut)
      if (isOut) next.add(row)
      else next.delete(row)
      setLeftOut(next)
    },
  }
}
