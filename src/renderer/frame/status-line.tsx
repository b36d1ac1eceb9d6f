import { PanelBottom, PanelLeft, PanelRight } from 'lucide-react'
import { useMemo } from 'react'
import { EnvironmentPicker } from '../connections/environment-picker.tsx'
import { t } from '../i18n/index.ts'
import { formatBytes } from '../inspector/format-bytes.ts'
import { allProblems, useAnalysis } from '../store/analysis.ts'
import { useEngine } from '../store/engine.ts'
import { usePipeline } from '../store/pipeline.ts'
import { retrySave } from '../store/sessions.ts'
import { closeProblems, openProblems, showPanes, useUi } from '../store/ui.ts'

export function StatusLine() {
  const analysis = useAnalysis((state) => state.analysis)
  const fileProblems = usePipeline((state) => state.fileProblems.length)
  const count = useMemo(() => allProblems(analysis).length, [analysis]) + fileProblems
  const hasErrors = useMemo(() => allProblems(analysis).some((one) => one.severity === 'error'), [analysis])
  const nodes = usePipeline((state) => (state.document ? Object.keys(state.document.nodes).length : undefined))
  const open = useUi((state) => state.problemsOpen)
  return (
    <footer className="status">
      <button
        type="button"
        className={`status-problems${hasErrors || fileProblems > 0 ? ' has-errors' : count > 0 ? ' has-warnings' : ''}`}
        aria-expanded={open}
        onClick={open ? closeProblems : openProblems}
      >
        {count === 0 ? t('status.noProblems') : t('status.someProblems', { count })}
      </button>
      {nodes !== undefined && (
        <span>
          {t('status.nodes', { count: nodes })}
          {analysis && analysis.queries > 0 && ` · ${t('status.fused', { count: analysis.queries })}`}
        </span>
      )}
      <span className="status-space" />
      <EnvironmentPicker />
      <Engine />
      <Saved />
      <PaneToggles />
    </footer>
  )
}

function Engine() {
  const status = useEngine((state) => state.status)
  if (!status) return null
  if (status.state === 'starting') return <span>{t('status.engineStarting')}</span>
  if (status.state === 'restarting') return <span className="status-warning">{t('status.engineRestarting')}</span>
  return <span>{t('status.memory', { used: bytes(status.memoryBytes), limit: bytes(status.memoryLimitBytes) })}</span>
}

const bytes = (value: number): string => formatBytes(value, 1024)

function Saved() {
  const saved = usePipeline((state) => (state.document ? state.saved : undefined))
  if (!saved) return null
  if (saved !== 'failed')
    return (
      <span className={saved === 'conflict' || saved === 'incomplete' ? 'status-warning' : ''}>
        {t(`status.${saved}`)}
      </span>
    )
  return (
    <button type="button" className="has-errors" onClick={retrySave}>
      {t('status.failed')}
    </button>
  )
}

function PaneToggles() {
  const { leftOpen, dataOpen, inspectorOpen } = useUi()
  return (
    <span className="status-panes">
      <Toggle
        on={leftOpen}
        label={t('status.showLeft')}
        icon={PanelLeft}
        onClick={() => showPanes({ leftOpen: !leftOpen })}
      />
      <Toggle
        on={dataOpen}
        label={t('status.showData')}
        icon={PanelBottom}
        onClick={() => showPanes({ dataOpen: !dataOpen })}
      />
      <Toggle
        on={inspectorOpen}
        label={t('status.showInspector')}
        icon={PanelRight}
        onClick={() => showPanes({ inspectorOpen: !inspectorOpen })}
      />
    </span>
  )
}

function Toggle(props: {
  readonly on: boolean
  readonly label: string
  readonly icon: typeof PanelLeft
  readonly onClick: () => void
}) {
  const Icon = props.icon
  return (
    <button type="button" aria-pressed={props.on} aria-label={props.label} title={props.label} onClick={props.onClick}>
      <Icon size={14} strokeWidth={1.8} aria-hidden />
    </button>
  )
}
