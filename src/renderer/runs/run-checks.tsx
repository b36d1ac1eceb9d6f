import type { RunCheck } from '../../shared/runs/history.ts'
import { formatNumber, t } from '../i18n/index.ts'

export function RunChecks({ checks }: { readonly checks: readonly RunCheck[] }) {
  if (checks.length === 0) return <p className="panel-none">{t('runs.noChecks')}</p>
  return (
    <div className="run-part">
      <table className="run-table">
        <thead>
          <tr>
            <th>{t('runs.check')}</th>
            <th>{t('runs.step')}</th>
            <th>{t('runs.state')}</th>
            <th className="is-number">{t('runs.failingRows')}</th>
            <th>{t('runs.message')}</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((one) => (
            <tr key={`${one.nodeId}.${one.port}.${one.check}`}>
              <td className="truncate">{one.check}</td>
              <td className="truncate">{one.nodeId}</td>
              <td>
                <span className={`run-node-state is-${toneOf(one)}`}>
                  {t(`runs.check.${one.state === 'failed' && one.severity === 'warn' ? 'warned' : one.state}`)}
                </span>
              </td>
              <td className="is-number">
                {one.failing === undefined ? '' : formatNumber(one.failing)}
                {one.rows !== undefined && <span className="run-of"> / {formatNumber(one.rows)}</span>}
              </td>
              <td>{one.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function toneOf({ state, severity }: RunCheck): string {
  if (state === 'passed') return 'done'
  return state === 'failed' && severity === 'warn' ? 'warned' : 'failed'
}
