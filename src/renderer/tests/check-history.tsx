import { useEffect, useState } from 'react'
import { api } from '../api.ts'
import { formatNumber, t } from '../i18n/index.ts'

interface Result {
  readonly runId: string
  readonly attempt: number
  readonly state: 'passed' | 'failed' | 'error'
  readonly failing?: string | undefined
  readonly message?: string | undefined
}

const SHOWN = 20

/** What one check came to in the last runs: how often it held, and the rows that broke it last. */
export function CheckHistory(props: {
  readonly path: string
  readonly nodeId: string
  readonly name: string
  readonly turn: number
}) {
  const { path, nodeId, name, turn } = props
  const [results, setResults] = useState<readonly Result[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again.
  useEffect(() => {
    let left = false
    api.call('run.checks', { path, nodeId, check: name, limit: SHOWN }).then(
      (found) => {
        if (!left) setResults(found)
      },
      () => {},
    )
    return () => {
      left = true
    }
  }, [path, nodeId, name, turn])
  const passed = results.filter(({ state }) => state === 'passed').length
  const [last] = results
  const broken = results.find(({ state }) => state !== 'passed')
  return (
    <li className="check-result">
      <span className="truncate" title={name}>
        {name}
      </span>
      {last === undefined ? (
        <span className="secondary">{t('checks.never')}</span>
      ) : (
        <>
          <span className="check-dots" role="img" aria-label={t('checks.rate', { passed, count: results.length })}>
            {[...results].reverse().map(({ runId, attempt, state, message }) => (
              <i
                key={`${runId} ${attempt}`}
                className={`check-dot is-${state}`}
                title={message ?? t(`tests.${state}`)}
              />
            ))}
          </span>
          <span className="secondary">
            {t('checks.rate', { passed, count: results.length })}
            {broken?.failing !== undefined && ` · ${t('checks.lastFailing', { rows: formatNumber(broken.failing) })}`}
          </span>
        </>
      )}
    </li>
  )
}
