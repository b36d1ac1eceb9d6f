import { useEffect, useState } from 'react'
import type { Preview } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { RunRejects, RunSummary } from '../../shared/runs/history.ts'
import { api } from '../api.ts'
import { DataGrid } from '../data-pane/data-grid.tsx'
import { formatNumber, t } from '../i18n/index.ts'

/** Rows that steps turned down, with the reason of each. */
export function RunRejectsView({ rejects }: { readonly run: RunSummary; readonly rejects: readonly RunRejects[] }) {
  const [chosen, setChosen] = useState(0)
  const current = rejects[chosen] ?? rejects[0]
  if (!current) return <p className="panel-none">{t('runs.noRejects')}</p>
  return (
    <div className="run-rejects">
      <ul className="run-rejects-ports">
        {rejects.map((one, index) => (
          <li key={`${one.nodeId}.${one.port}`}>
            <button type="button" className={one === current ? 'is-selected' : ''} onClick={() => setChosen(index)}>
              <span className="truncate">{one.nodeId}</span>
              <span className="is-danger">{formatNumber(one.rows)}</span>
            </button>
          </li>
        ))}
      </ul>
      <RejectedRows key={`${current.nodeId}.${current.port}`} rejects={current} />
    </div>
  )
}

function RejectedRows({ rejects }: { readonly rejects: RunRejects }) {
  const { file } = rejects
  const [preview, setPreview] = useState<Preview>()
  const [error, setError] = useState<ErrorInfo>()
  useEffect(() => {
    if (file === undefined) return
    const ending = new AbortController()
    api.call('file.preview', { path: file }, { signal: ending.signal }).then(setPreview, (thrown: unknown) => {
      if (!ending.signal.aborted) setError(toErrorInfo(thrown))
    })
    return () => ending.abort()
  }, [file])
  if (file === undefined) return <p className="panel-none">{t('runs.rejectsNotKept')}</p>
  if (error) return <p className="panel-none">{error.message}</p>
  if (!preview) return <div aria-busy="true" />
  return (
    <div className="run-rejects-grid">
      <DataGrid columns={preview.columns} rows={preview.rows} identity={file} />
    </div>
  )
}
