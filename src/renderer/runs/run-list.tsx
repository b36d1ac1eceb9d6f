import { Button, InputGroup, SegmentedControl } from '@blueprintjs/core'
import { ArrowDown, ArrowUp, Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { RunSummary } from '../../shared/runs/history.ts'
import { t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { RunStateIcon } from './run-state-icon.tsx'
import { dayOf, durationOf, nameOf, stateWord, timeOf, triggerWords } from './run-words.ts'
import { filterRuns, loadRuns, moveRun, type StateFilter, selectRun, stopRun, useRuns } from './runs-store.ts'

const QUIET_MILLISECONDS = 180

export function RunList() {
  const { runs, next, queue, states, loaded } = useRuns()
  const [query, setQuery] = useState(useRuns.getState().contains)
  useEffect(() => {
    if (query === useRuns.getState().contains) return
    const timer = setTimeout(() => filterRuns({ contains: query }), QUIET_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [query])
  return (
    <section className="runs-list" aria-label={t('runs.list')}>
      <div className="runs-filter">
        <InputGroup
          fill
          leftElement={<Search size={14} className="runs-filter-icon" aria-hidden />}
          value={query}
          onValueChange={setQuery}
          placeholder={t('runs.find')}
          aria-label={t('runs.find')}
        />
        <SegmentedControl
          fill
          size="small"
          value={states}
          onValueChange={(value) => filterRuns({ states: value as StateFilter })}
          options={[
            { value: 'all', label: t('runs.all') },
            { value: 'failed', label: t('runs.failed') },
            { value: 'succeeded', label: t('runs.succeeded') },
          ]}
        />
      </div>
      <div className="runs-scroll">
        {queue.length > 0 && (
          <>
            <h2 className="runs-day">{t('runs.now')}</h2>
            <ul>
              {queue.map((run) => (
                <QueuedRow key={run.runId} run={run} queue={queue} />
              ))}
            </ul>
          </>
        )}
        {byDay(runs).map(([day, ofDay]) => (
          <div key={day}>
            <h2 className="runs-day">{day}</h2>
            <ul>
              {ofDay.map((run) => (
                <RunRow key={run.runId} run={run} />
              ))}
            </ul>
          </div>
        ))}
        {next !== undefined && (
          <Button fill variant="minimal" text={t('runs.more')} onClick={() => void loadRuns(true)} />
        )}
        {loaded && runs.length === 0 && queue.length === 0 && (
          <p className="panel-none">{query || states !== 'all' ? t('runs.noMatch') : t('runs.none')}</p>
        )}
      </div>
    </section>
  )
}

function byDay(runs: readonly RunSummary[]): [string, RunSummary[]][] {
  const days = new Map<string, RunSummary[]>()
  for (const run of runs) {
    const day = dayOf(run.startedAt ?? run.queuedAt)
    days.set(day, [...(days.get(day) ?? []), run])
  }
  return [...days]
}

function RunRow({ run }: { readonly run: RunSummary }) {
  const isSelected = useRuns((state) => state.selected === run.runId)
  const attention =
    run.state === 'failed'
      ? run.error?.message
      : run.checksFailed > 0
        ? t('runs.checksFailed', { count: run.checksFailed })
        : undefined
  return (
    <li className={`runs-row${isSelected ? ' is-selected' : ''}`}>
      <button type="button" aria-current={isSelected} onClick={() => selectRun(run.runId)}>
        <RunStateIcon state={run.state} />
        <span className="runs-row-words">
          <span className="runs-row-name">
            <span className="truncate">{nameOf(run)}</span>
            <span className="runs-row-time">{timeOf(run.startedAt ?? run.queuedAt)}</span>
          </span>
          <span className="runs-row-more">
            <span className={`truncate${run.state === 'failed' ? ' is-danger' : ''}`}>
              {attention ?? `${stateWord(run.state)} · ${triggerWords(run.trigger)}`}
            </span>
            <span className="runs-row-time">{durationOf(run)}</span>
          </span>
        </span>
      </button>
    </li>
  )
}

function QueuedRow({ run, queue }: { readonly run: RunSummary; readonly queue: readonly RunSummary[] }) {
  const isSelected = useRuns((state) => state.selected === run.runId)
  const waiting = queue.filter(({ state }) => state === 'queued')
  const index = waiting.indexOf(run)
  return (
    <li className={`runs-row${isSelected ? ' is-selected' : ''}`}>
      <button type="button" aria-current={isSelected} onClick={() => selectRun(run.runId)}>
        <RunStateIcon state={run.state} />
        <span className="runs-row-words">
          <span className="truncate">{nameOf(run)}</span>
          <span className="runs-row-more truncate">
            {index >= 0 ? t('runs.position', { count: index + 1 }) : stateWord(run.state)} · {triggerWords(run.trigger)}
          </span>
        </span>
      </button>
      <span className="runs-row-actions">
        {index >= 0 && (
          <>
            <Button
              size="small"
              variant="minimal"
              icon={<ArrowUp size={14} />}
              aria-label={t('runs.sooner')}
              title={t('runs.sooner')}
              disabled={index === 0}
              onClick={() => void moveRun(run.runId, true).catch(toastError)}
            />
            <Button
              size="small"
              variant="minimal"
              icon={<ArrowDown size={14} />}
              aria-label={t('runs.later')}
              title={t('runs.later')}
              disabled={index === waiting.length - 1}
              onClick={() => void moveRun(run.runId, false).catch(toastError)}
            />
          </>
        )}
        <Button
          size="small"
          variant="minimal"
          icon={<X size={14} />}
          aria-label={t('bar.cancel')}
          title={t('bar.cancel')}
          onClick={() => void stopRun(run.runId).catch(toastError)}
        />
      </span>
    </li>
  )
}
