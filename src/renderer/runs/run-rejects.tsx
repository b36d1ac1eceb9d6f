import { useState } from 'react'
import type { RunRejects, RunSummary } from '../../shared/runs/history.ts'
import { formatNumber, t } from '../i18n/index.ts'
import { RejectedRowsView } from './rejected-rows.tsx'

/** Rows that steps turned down, with the reason of each. */
export function RunRejectsView({
  run,
  rejects,
  labels,
}: {
  readonly run: RunSummary
  readonly rejects: readonly RunRejects[]
  /** Of the steps, where they are called otherwise than their ids. */
  readonly labels: (nodeId: string) => string
}) {
  const [chosen, setChosen] = useState(0)
  const current = rejects[chosen] ?? rejects[0]
  if (!current) return <p className="panel-none">{t('runs.noRejects')}</p>
  return (
    <div className="run-rejects">
      <ul className="run-rejects-ports">
        {rejects.map((one, index) => (
          <li key={`${one.nodeId}.${one.port}`}>
            <button type="button" className={one === current ? 'is-selected' : ''} onClick={() => setChosen(index)}>
              <span className="truncate" title={one.nodeId}>
                {labels(one.nodeId)}
                {severalPorts(rejects, one) && <span className="run-of"> {one.port}</span>}
              </span>
              <span className="is-danger">{formatNumber(one.rows)}</span>
            </button>
          </li>
        ))}
      </ul>
      {current.file === undefined ? (
        <p className="panel-none">{t('runs.rejectsNotKept')}</p>
      ) : (
        <RejectedRowsView key={`${current.nodeId}.${current.port}`} run={run} rejects={current} />
      )}
    </div>
  )
}

const severalPorts = (rejects: readonly RunRejects[], { nodeId }: RunRejects) =>
  rejects.filter((one) => one.nodeId === nodeId).length > 1
