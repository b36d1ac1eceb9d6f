import './data-pane.css'
import { Button, Spinner } from '@blueprintjs/core'
import { CircleAlert } from 'lucide-react'
import { useCallback, useDeferredValue, useEffect, useState } from 'react'
import type { Problem } from '../../shared/engine/types.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import { t, text } from '../i18n/index.ts'
import { textOfProblem } from '../inspector/problem-text.ts'
import { problemsOf, useAnalysis } from '../store/analysis.ts'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { nodeRun, useRun } from '../store/run.ts'
import { select, selectedNode, selectPort, useSelection } from '../store/selection.ts'
import { openDialog } from '../store/ui.ts'
import { CompareView } from '../tests/compare-view.tsx'
import { ColumnMenu, type ColumnMenuAt } from './column-menu.tsx'
import { DataGrid } from './data-grid.tsx'
import { DataFacts } from './data-header.tsx'
import { Message } from './message.tsx'
import { followSelection, loadMore, reload, usePreview } from './preview-store.ts'
import { ProblemsView } from './problems-view.tsx'
import { ResultView } from './result-view.tsx'
import { SqlView } from './sql-view.tsx'

const tabs = ['data', 'sql', 'compare', 'problems', 'result'] as const
type Tab = (typeof tabs)[number]
const titles = {
  data: 'data.tabData',
  sql: 'data.tabSql',
  compare: 'diff.tab',
  problems: 'data.tabProblems',
  result: 'data.tabResult',
} as const

/** Rows of the selected node, and what there is to know of them. */
export function DataPane() {
  useEffect(() => followSelection(), [])
  const nodeId = useDeferredValue(useSelection(selectedNode))
  const node = usePipeline((state) => (nodeId === undefined ? undefined : state.document?.nodes[nodeId]))
  return (
    <section className="data-pane" aria-label={t('data.pane')}>
      {nodeId !== undefined && node ? (
        <NodeData nodeId={nodeId} label={node.label ?? nodeId} type={node.type} />
      ) : (
        <Message title={t('data.noNode')} text={t('data.noNodeHint')} />
      )}
    </section>
  )
}

function NodeData({ nodeId, label, type }: { nodeId: string; label: string; type: string }) {
  const info = useModules((state) => state.byType.get(type))
  const problems = useAnalysis((state) => problemsOf(state, nodeId))
  const run = useRun((state) => nodeRun(state, nodeId))
  const runId = useRun((state) => state.run?.runId)
  const shown = usePreview((state) => state.shown)
  const port = useSelection((state) => state.port)
  const [chosen, setChosen] = useState<Tab>('data')
  const [reveal, setReveal] = useState<{ index: number } | undefined>(undefined)
  const written = run?.state === 'done' ? run.written[0] : undefined
  const available = tabs.filter((tab) => tab !== 'result' || written !== undefined)
  const tab = available.includes(chosen) ? chosen : 'data'
  const fits = shown?.nodeId === nodeId

  return (
    <>
      <header className="data-header">
        <h2 className="data-title truncate" title={label}>
          {label}
        </h2>
        {info && info.outputs.length > 1 && <PortTabs nodeId={nodeId} info={info} />}
        <div className="data-tabs" role="tablist" aria-label={label}>
          {available.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={each === tab}
              className={`data-tab${each === tab ? ' data-tab-on' : ''}`}
              onClick={() => setChosen(each)}
            >
              {t(titles[each])}
              {each === 'problems' && problems.length > 0 && <span className="data-tab-count">{problems.length}</span>}
            </button>
          ))}
        </div>
        {tab === 'data' && fits && shown && <DataFacts shown={shown} onReveal={(index) => setReveal({ index })} />}
      </header>
      {info?.family === 'load' && tab === 'data' && (
        <Target nodeId={nodeId} written={written} onOpen={() => setChosen('result')} />
      )}
      {tab === 'data' && (
        <Rows nodeId={nodeId} problems={problems} reveal={reveal} onProblems={() => setChosen('problems')} />
      )}
      {tab === 'sql' && <SqlView />}
      {tab === 'compare' && <CompareView key={nodeId} nodeId={nodeId} port={port} />}
      {tab === 'problems' && <ProblemsView nodeId={nodeId} problems={problems} />}
      {tab === 'result' && written !== undefined && (
        <>
          <p className="data-note">{t('data.resultOf', { path: written })}</p>
          <ResultView path={written} runId={runId} />
        </>
      )}
    </>
  )
}

function PortTabs({ nodeId, info }: { nodeId: string; info: ModuleInfo }) {
  const config = usePipeline((state) => state.document?.nodes[nodeId]?.config)
  const outputs = outputPortsOf(info.outputs, config)
  const port = useSelection((state) => state.port) ?? outputs[0]?.name
  return (
    <div className="segments port-tabs" role="tablist" aria-label={t('data.ports')}>
      {outputs.map((output, index) => (
        <button
          key={output.name}
          type="button"
          role="tab"
          aria-selected={output.name === port}
          title={text(output.title)}
          className={`segment${output.name === port ? ' segment-on' : ''}${output.reject ? ' port-reject' : ''}`}
          onClick={() => selectPort(nodeId, index === 0 ? undefined : output.name)}
        >
          {text(output.title)}
        </button>
      ))}
    </div>
  )
}

/** What a load writes, and the way to see it once a run has. */
function Target(props: { nodeId: string; written: string | undefined; onOpen: () => void }) {
  const path = usePipeline((state) => state.document?.nodes[props.nodeId]?.config?.path)
  if (typeof path !== 'string' || path === '') return null
  return (
    <p className="data-note">
      <span className="truncate">{t('data.writes', { path })}</span>
      {props.written !== undefined && (
        <button type="button" className="text-button" onClick={props.onOpen}>
          {t('data.openResult')}
        </button>
      )}
    </p>
  )
}

interface RowsProps {
  readonly nodeId: string
  readonly problems: readonly Problem[]
  readonly reveal: { readonly index: number } | undefined
  readonly onProblems: () => void
}

function Rows({ nodeId, problems, reveal, onProblems }: RowsProps) {
  const { shown, profile, pending, error } = usePreview()
  const [menu, setMenu] = useState<ColumnMenuAt>()
  const onEnd = useCallback(() => void loadMore(), [])
  // The node's own problem says more than the failed query does.
  const problem = problems.find((each) => each.severity === 'error') ?? error
  const failed = error !== undefined && !pending
  const elsewhere = problem?.nodeId === nodeId ? undefined : problem?.nodeId
  const culprit = usePipeline((state) => elsewhere && (state.document?.nodes[elsewhere]?.label ?? elsewhere))
  if (failed && shown?.nodeId !== nodeId) {
    return (
      <Message
        failed
        title={culprit ? t('data.failedIn', { name: culprit }) : t('data.failed')}
        text={problem && textOfProblem(problem)}
        hint={problem?.hint}
      >
        {elsewhere !== undefined ? (
          <Button
            size="small"
            text={t('panes.goTo', { name: culprit ?? elsewhere })}
            onClick={() => select([elsewhere])}
          />
        ) : problems.length > 1 ? (
          <Button size="small" text={t('data.tabProblems')} onClick={onProblems} />
        ) : (
          <Button size="small" text={t('data.retry')} onClick={reload} />
        )}
      </Message>
    )
  }
  if (!shown) return <Waiting />
  const stale = pending || error !== undefined || shown.nodeId !== nodeId
  const empty = shown.rows.length === 0 && !stale
  return (
    <div className="data-rows">
      <DataGrid
        columns={shown.columns}
        rows={shown.rows}
        profile={profile}
        stale={stale}
        identity={`${shown.nodeId} ${shown.port}`}
        reveal={reveal}
        onEnd={onEnd}
        onRenameColumn={(column) => {
          const { nodeId: of, port } = shown
          const node = usePipeline.getState().document?.nodes[of]
          // What a load writes has its names from above.
          if (node?.type.startsWith('load.') === false) openDialog({ kind: 'renameColumn', nodeId: of, port, column })
        }}
        onColumnMenu={(column, event) => {
          event.preventDefault()
          setMenu({ column, left: event.clientX, top: event.clientY })
        }}
      />
      <ColumnMenu at={menu} nodeId={shown.nodeId} port={shown.port} onClose={() => setMenu(undefined)} />
      {empty && (
        <div className="data-over">
          <Message title={t('data.noRows')} text={t('data.noRowsHint')} />
        </div>
      )}
      {failed && problem && (
        <p className="data-error" role="alert">
          <CircleAlert size={14} className="problem-error" />
          <span>
            {textOfProblem(problem)} {problem.hint && <span className="secondary">{problem.hint}</span>}
          </span>
        </p>
      )}
    </div>
  )
}

/** A wait that is too short to be noticed shows nothing. */
function Waiting() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 400)
    return () => clearTimeout(timer)
  }, [])
  return <div className="data-message">{long && <Spinner size={20} aria-label={t('data.loading')} />}</div>
}
