import { Button, ButtonGroup, Menu, MenuItem, PopoverNext, Tab, Tabs } from '@blueprintjs/core'
import { ChevronDown, Play, RotateCcw, Square, SquarePen } from 'lucide-react'
import { useState } from 'react'
import type { RunDetail } from '../../shared/runs/history.ts'
import { newestRejects } from '../../shared/runs/newest-rejects.ts'
import { formatNumber, t } from '../i18n/index.ts'
import { followRun } from '../store/run.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'
import { RunChecks } from './run-checks.tsx'
import { RunComparisonView } from './run-comparison.tsx'
import { RunLogs } from './run-logs.tsx'
import { RunNodes } from './run-nodes.tsx'
import { RunRejectsView } from './run-rejects.tsx'
import { RunSettings } from './run-settings.tsx'
import { RunStateIcon } from './run-state-icon.tsx'
import { durationOf, nameOf, stateWord, triggerWords, whenOf } from './run-words.ts'
import { repeatRun, resumeRun, stopRun, useRuns } from './runs-store.ts'

type Part = 'steps' | 'rejects' | 'checks' | 'compare' | 'logs' | 'settings'

export function RunDetailView() {
  const detail = useRuns((state) => state.detail)
  const [part, setPart] = useState<Part>('steps')
  if (!detail) return <section className="run-detail" aria-busy="true" />
  const { run, rejects, checks } = detail
  const attempt = run.attempt
  const rejected = newestRejects(rejects)
  const checked = checks.filter((one) => one.attempt === attempt)
  const title = (key: Part, count?: number) =>
    count ? `${t(`runs.part.${key}`)}  ${formatNumber(count)}` : t(`runs.part.${key}`)
  return (
    <section className="run-detail" aria-label={nameOf(run)}>
      <Head detail={detail} />
      {run.error && run.state !== 'cancelled' && <Failure detail={detail} />}
      <Figures detail={detail} />
      <Tabs
        id="run-parts"
        animate={false}
        selectedTabId={part}
        onChange={(id) => setPart(id as Part)}
        renderActiveTabPanelOnly
        className="run-tabs"
      >
        <Tab id="steps" title={title('steps')} panel={<RunNodes detail={detail} />} />
        <Tab
          id="rejects"
          title={title(
            'rejects',
            rejected.reduce((sum, { rows }) => sum + Number(rows), 0),
          )}
          panel={
            <RunRejectsView
              run={run}
              rejects={rejected}
              labels={(nodeId) => detail.request.document.nodes[nodeId]?.label ?? nodeId}
              key={run.runId}
            />
          }
        />
        <Tab id="checks" title={title('checks', checked.length)} panel={<RunChecks checks={checked} />} />
        <Tab id="compare" title={title('compare')} panel={<RunComparisonView detail={detail} key={run.runId} />} />
        <Tab id="logs" title={title('logs')} panel={<RunLogs run={run} key={run.runId} />} />
        <Tab id="settings" title={title('settings')} panel={<RunSettings detail={detail} />} />
      </Tabs>
    </section>
  )
}

function Head({ detail: { run } }: { readonly detail: RunDetail }) {
  const going = run.state === 'running' || run.state === 'queued'
  const open = async () => {
    await openPipeline(run.path)
    showScreen('editor')
    await followRun(run.runId, run.path)
  }
  return (
    <header className="run-head">
      <RunStateIcon state={run.state} size={20} />
      <div className="run-head-words">
        <h2 className="detail-title truncate">{nameOf(run)}</h2>
        <p className="truncate">
          {[stateWord(run.state), whenOf(run.startedAt ?? run.queuedAt, true), triggerWords(run.trigger)].join(' · ')}
          <code title={t('runs.id')}>{run.runId}</code>
        </p>
      </div>
      {going && (
        <Button
          icon={<Square size={11} fill="currentColor" />}
          text={t('bar.cancel')}
          onClick={() => void stopRun(run.runId).catch(toastError)}
        />
      )}
      {run.resumable && (
        <ButtonGroup>
          <Button
            intent="primary"
            icon={<Play size={12} fill="currentColor" />}
            text={t('runs.resume')}
            title={t('runs.resumeHint')}
            onClick={() => void resumeRun(run.runId, 'now').catch(toastError)}
          />
          <PopoverNext
            placement="bottom-end"
            content={
              <Menu>
                <MenuItem
                  text={t('runs.resumeThen')}
                  onClick={() => void resumeRun(run.runId, 'then').catch(toastError)}
                />
              </Menu>
            }
          >
            <Button intent="primary" icon={<ChevronDown size={13} />} aria-label={t('runs.resumeMore')} />
          </PopoverNext>
        </ButtonGroup>
      )}
      {!going && (
        <Button
          icon={<RotateCcw size={13} />}
          text={t('runs.repeat')}
          title={t('runs.repeatHint')}
          onClick={() => void repeatRun(run.runId).catch(toastError)}
        />
      )}
      <Button icon={<SquarePen size={13} />} text={t('runs.open')} onClick={() => void open().catch(toastError)} />
    </header>
  )
}

function Failure({ detail: { run } }: { readonly detail: RunDetail }) {
  const { error } = run
  if (!error) return null
  return (
    <div className="run-failure" role="alert">
      <p>
        {error.nodeId !== undefined && <strong>{error.nodeId}: </strong>}
        {error.message}
      </p>
      {error.hint !== undefined && <p className="run-failure-hint">{error.hint}</p>}
    </div>
  )
}

function Figures({ detail: { run } }: { readonly detail: RunDetail }) {
  const figures = [
    { name: t('runs.duration'), value: durationOf(run) || '–' },
    { name: t('runs.rowsLoaded'), value: run.rowsLoaded === undefined ? '–' : formatNumber(run.rowsLoaded) },
    {
      name: t('runs.rowsRejected'),
      value: run.rowsRejected === undefined ? '–' : formatNumber(run.rowsRejected),
      danger: run.rowsRejected !== undefined && run.rowsRejected !== '0',
    },
    {
      name: t('runs.checksFailing'),
      value: formatNumber(run.checksFailed + run.checksWarned),
      danger: run.checksFailed > 0,
    },
    { name: t('runs.attempts'), value: formatNumber(run.attempt) },
  ]
  return (
    <dl className="run-figures">
      {figures.map(({ name, value, danger }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={danger ? 'is-danger' : ''}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
