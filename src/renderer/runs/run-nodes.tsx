import { SegmentedControl } from '@blueprintjs/core'
import { useState } from 'react'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import type { RunDetail, RunNode, RunStage } from '../../shared/runs/history.ts'
import { formatMilliseconds, formatNumber, t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { useModules } from '../store/modules.ts'
import { barOf, hasRun, type RunSpan, spanOf } from './run-span.ts'
import { stateWord } from './run-words.ts'

/** What became of each step, and when: one line a step, its time beside its figures. */
export function RunNodes({ detail }: { readonly detail: RunDetail }) {
  const { run, attempts, nodes, stages } = detail
  const [attempt, setAttempt] = useState<number>()
  const shown = attempt ?? run.attempt
  const ofAttempt = nodes.filter((node) => node.attempt === shown)
  const stagesOf = stages.filter((stage) => stage.attempt === shown)
  const span = spanOf(ofAttempt)
  return (
    <div className="run-part">
      {attempts.length > 1 && (
        <div className="run-attempts">
          <SegmentedControl
            size="small"
            value={String(shown)}
            onValueChange={(value) => setAttempt(Number(value))}
            options={attempts.map(({ attempt: number, state }) => ({
              value: String(number),
              label: `${t('runs.attempt', { count: number })} · ${stateWord(state)}`,
            }))}
          />
        </div>
      )}
      {ofAttempt.length === 0 ? (
        <p className="panel-none">{t('runs.noSteps')}</p>
      ) : (
        <table className="run-table">
          <thead>
            <tr>
              <th>{t('runs.step')}</th>
              <th>{t('runs.state')}</th>
              <th className="is-number">{t('runs.rowsIn')}</th>
              <th className="is-number">{t('runs.rowsOut')}</th>
              <th className="is-number">{t('runs.rejected')}</th>
              <th className="is-number">{t('runs.time')}</th>
              <th className="run-bars-head">
                {span && (
                  <>
                    <span>0</span>
                    <span>{formatMilliseconds(span.end - span.begin)}</span>
                  </>
                )}
              </th>
            </tr>
          </thead>
          <tbody>
            {ofAttempt.map((node) => (
              <NodeRow key={node.nodeId} node={node} detail={detail} stages={stagesOf} span={span} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

interface NodeRowProps {
  readonly node: RunNode
  readonly detail: RunDetail
  readonly stages: readonly RunStage[]
  /** Of all steps together. */
  readonly span: RunSpan | undefined
}

function NodeRow({ node, detail, stages, span }: NodeRowProps) {
  const { nodeId, state, rows = {}, balance, error } = node
  const bar = span && hasRun(node) ? barOf(node, span) : undefined
  const definition = detail.request.document.nodes[nodeId]
  const info = useModules(({ byType }) => (definition ? byType.get(definition.type) : undefined))
  const reused = stages.some((stage) => stage.nodes.includes(nodeId) && stage.state === 'reused')
  const tries = Math.max(1, ...stages.filter((stage) => stage.nodes.includes(nodeId)).map((stage) => stage.tries))
  const isLoad = info?.family === 'load'
  const rejected = balance?.rejected ?? {}
  const titles = new Map(
    outputPortsOf(info?.outputs ?? [], definition?.config).map((port) => [port.name, text(port.title)]),
  )
  const out = Object.fromEntries(Object.entries(rows).filter(([port]) => !(port in rejected)))
  return (
    <tr>
      <td>
        <span className="run-step">
          <ModuleTile info={info} size={20} />
          <span className="truncate" title={nodeId}>
            {definition?.label ?? nodeId}
          </span>
        </span>
      </td>
      <td>
        <span className={`run-node-state is-${reused ? 'reused' : state}`} title={error?.message}>
          {reused ? t('runs.reused') : t(`runs.node.${state}`)}
        </span>
        {tries > 1 && <span className="run-tries">{t('runs.tries', { count: tries })}</span>}
      </td>
      <td className="is-number">{figures(balance?.in ?? (isLoad ? rows : {}))}</td>
      <td className="is-number">{isLoad ? '' : figures(out, { titles })}</td>
      <td className="is-number is-danger">{figures(rejected, { titles, hideZero: true })}</td>
      <td className="is-number">{node.milliseconds === undefined ? '' : formatMilliseconds(node.milliseconds)}</td>
      <td className="run-bars">
        {bar && (
          <span
            className={`run-bar is-${state}`}
            // A bar at the very end stands within the scale too.
            style={{ left: `min(${bar.left}%, 100% - 2px)`, width: `max(2px, ${bar.width}%)` }}
          />
        )}
      </td>
    </tr>
  )
}

interface Shown {
  readonly titles?: ReadonlyMap<string, string>
  readonly hideZero?: boolean
}

/** `1,234`, or with what the ports are called where there are several. */
function figures(rows: Readonly<Record<string, string>>, { titles, hideZero = false }: Shown = {}): string {
  const entries = Object.entries(rows).filter(([, count]) => !hideZero || count !== '0')
  if (entries.length === 1) return formatNumber(entries[0]?.[1] ?? '0')
  return entries.map(([port, count]) => `${titles?.get(port) ?? port} ${formatNumber(count)}`).join(' · ')
}
