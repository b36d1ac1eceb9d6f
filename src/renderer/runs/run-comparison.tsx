import './run-parts.css'
import { HTMLSelect } from '@blueprintjs/core'
import { useEffect, useId, useState } from 'react'
import { toErrorInfo } from '../../shared/errors.ts'
import type { Compared, RunComparison, RunFigures } from '../../shared/runs/compare.ts'
import type { RunDetail, RunSummary } from '../../shared/runs/history.ts'
import { api } from '../api.ts'
import { formatMilliseconds, formatNumber, t } from '../i18n/index.ts'
import { whenOf } from './run-words.ts'

const EARLIER = 50

/** The run beside an earlier one of its pipeline: what was slower, and what gave fewer rows. */
export function RunComparisonView({ detail: { run, request } }: { readonly detail: RunDetail }) {
  const [earlier, setEarlier] = useState<readonly RunSummary[]>([])
  const [chosen, setChosen] = useState<string>()
  const [comparison, setComparison] = useState<RunComparison>()
  const [problem, setProblem] = useState<string>()
  const id = useId()
  useEffect(() => {
    const { path, number } = run
    api
      .call('run.list', { path, before: number, limit: EARLIER })
      .then(({ runs }) => setEarlier(runs))
      .catch((thrown: unknown) => setProblem(toErrorInfo(thrown).message))
  }, [run])
  useEffect(() => {
    const ending = new AbortController()
    api
      .call('run.compare', { runId: run.runId, ...(chosen && { with: chosen }) }, { signal: ending.signal })
      .then(setComparison)
      .catch((thrown: unknown) => {
        if (!ending.signal.aborted) setProblem(toErrorInfo(thrown).message)
      })
    return () => ending.abort()
  }, [run, chosen])
  if (problem !== undefined) return <p className="run-failure">{problem}</p>
  if (!comparison) return <div className="run-part" aria-busy="true" />
  const other = comparison.with
  if (!other) return <p className="panel-none">{t('compare.none')}</p>
  return (
    <div className="run-part">
      <div className="run-compare-bar">
        <label htmlFor={id}>{t('compare.with')}</label>
        <HTMLSelect
          id={id}
          value={chosen ?? other.runId}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          options={(earlier.some(({ runId }) => runId === other.runId) ? earlier : [other, ...earlier]).map((one) => ({
            value: one.runId,
            label: `${whenOf(one.startedAt ?? one.queuedAt, true)} · ${t(`runs.${one.state}`)}`,
          }))}
        />
        {comparison.medianOf > 0 && (
          <span className="secondary">
            {t('compare.median', { count: comparison.medianOf, share: Math.round(comparison.threshold * 100) })}
          </span>
        )}
      </div>
      <table className="run-table">
        <thead>
          <tr>
            <th>{t('runs.step')}</th>
            <th className="is-number">{t('compare.time')}</th>
            <th className="is-number">{t('compare.before')}</th>
            <th className="is-number">{t('compare.usual')}</th>
            <th className="is-number">{t('compare.rows')}</th>
            <th className="is-number">{t('compare.before')}</th>
            <th className="is-number">{t('compare.usual')}</th>
            <th>{t('compare.differs')}</th>
          </tr>
        </thead>
        <tbody>
          <Row name={t('compare.all')} compared={comparison.total} isTotal />
          {comparison.nodes.map((node) => (
            <Row key={node.nodeId} name={request.document.nodes[node.nodeId]?.label ?? node.nodeId} compared={node} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ name, compared, isTotal = false }: { name: string; compared: Compared; isTotal?: boolean }) {
  const { now, before, median, flags } = compared
  return (
    <tr className={isTotal ? 'run-compare-total' : ''}>
      <td className="truncate" title={name}>
        {name}
      </td>
      <td className={`is-number${flags.includes('slower') ? ' is-danger' : ''}`}>{timeIn(now)}</td>
      <td className="is-number secondary">{timeIn(before)}</td>
      <td className="is-number secondary">{timeIn(median)}</td>
      <td className={`is-number${flags.includes('fewer') ? ' is-danger' : ''}`}>{rowsIn(now)}</td>
      <td className="is-number secondary">{rowsIn(before)}</td>
      <td className="is-number secondary">{rowsIn(median)}</td>
      <td>
        {flags.map((flag) => (
          <span key={flag} className={`run-flag is-${flag}`}>
            {t(`compare.flag.${flag}`)}
          </span>
        ))}
      </td>
    </tr>
  )
}

const timeIn = (figures: RunFigures | undefined): string =>
  figures?.milliseconds === undefined ? '' : formatMilliseconds(figures.milliseconds)
const rowsIn = (figures: RunFigures | undefined): string =>
  figures?.rows === undefined ? '' : formatNumber(figures.rows)
