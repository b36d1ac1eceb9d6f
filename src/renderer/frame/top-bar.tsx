import { Button, ButtonGroup, Popover } from '@blueprintjs/core'
import { ChevronDown, Play, Plus, Search, Square, X } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { keysOf } from '../keys/this-keyboard.ts'
import { RunMenu } from '../runs/run-menu.tsx'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { cancelRun, isRunning, startRun, useRun } from '../store/run.ts'
import { closeTab, openPipeline, useTabs } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { openDialog, showScreen, useUi } from '../store/ui.ts'

export function TopBar() {
  const project = useProject((state) => state.project)
  return (
    <header className="bar">
      <div className="bar-project">
        <Logo />
        <h1 className="truncate" title={project?.root}>
          {project?.name ?? 'LogiData Studio'}
        </h1>
      </div>
      <Tabs />
      <button className="bar-search" type="button" onClick={() => useUi.setState({ paletteOpen: true })}>
        <Search size={14} aria-hidden />
        <span className="truncate">{t('bar.search')}</span>
        <kbd>{keysOf('commands')}</kbd>
      </button>
      <RunButton />
    </header>
  )
}

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
      <defs>
        <linearGradient id="logo" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#12a38c" />
          <stop offset="1" stopColor="#2563d4" />
        </linearGradient>
      </defs>
      <rect width="24" height="24" rx="6.5" fill="url(#logo)" />
      <path d="M7.5 6.5v8.2a2 2 0 0 0 2 2h7" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
    </svg>
  )
}

function Tabs() {
  const paths = useTabs((state) => state.paths)
  const front = usePipeline((state) => state.path)
  const frontName = usePipeline((state) => state.document?.name)
  const saved = usePipeline((state) => state.saved)
  const runningPath = useRun((state) => (isRunning(state) ? state.path : undefined))
  const pipelines = useProject((state) => state.project?.pipelines)
  const nameOf = (path: string) =>
    (path === front ? frontName : undefined) ?? pipelines?.find((entry) => entry.path === path)?.name ?? path
  const trouble = saved === 'conflict' || saved === 'incomplete' || saved === 'failed'
  return (
    <nav className="tabs" aria-label={t('bar.tabs')}>
      {paths.map((path) => (
        <div key={path} className={`tab${path === front ? ' is-front' : ''}`}>
          <button
            type="button"
            className="tab-name"
            aria-current={path === front ? 'page' : undefined}
            title={path}
            onClick={() => {
              showScreen('editor')
              void openPipeline(path).catch(toastError)
            }}
            onAuxClick={(event) => event.button === 1 && void closeTab(path).catch(toastError)}
          >
            {(path === front || path === runningPath) && (
              <span
                className={`tab-dot${path === front && trouble ? ' is-trouble' : ''}${path === runningPath ? ' is-running' : ''}`}
              />
            )}
            <span className="truncate">{nameOf(path)}</span>
          </button>
          <button
            type="button"
            className="tab-close"
            aria-label={t('bar.closeTab', { name: nameOf(path) })}
            title={t('bar.closeTab', { name: nameOf(path) })}
            onClick={() => void closeTab(path).catch(toastError)}
          >
            <X size={13} aria-hidden />
          </button>
        </div>
      ))}
      <Button
        variant="minimal"
        size="small"
        className="tab-new"
        icon={<Plus size={15} />}
        aria-label={t('bar.newPipeline')}
        title={t('bar.newPipeline')}
        onClick={() => openDialog({ kind: 'newPipeline' })}
      />
    </nav>
  )
}

function RunButton() {
  const running = useRun(isRunning)
  const starting = useRun((state) => state.starting)
  const percent = useRun((state) => Math.round((state.run?.fraction ?? 0) * 100))
  const canRun = usePipeline((state) => Object.keys(state.document?.nodes ?? {}).length > 0)
  if (!running) {
    return (
      <ButtonGroup className="run-group">
        <Button
          className="run-button"
          intent="primary"
          icon={<Play size={12} fill="currentColor" />}
          text={t('bar.run')}
          title={keysOf('run')}
          disabled={!canRun}
          onClick={() => void startRun()}
        />
        <Popover placement="bottom-end" transitionDuration={0} disabled={!canRun} content={<RunMenu />}>
          <Button
            className="run-more"
            intent="primary"
            icon={<ChevronDown size={14} />}
            aria-label={t('bar.runMore')}
            title={t('bar.runMore')}
            disabled={!canRun}
          />
        </Popover>
      </ButtonGroup>
    )
  }
  return (
    <Button className="run-button is-running" disabled={starting} onClick={() => void cancelRun()}>
      <span className="run-progress" style={{ transform: `scaleX(${percent / 100})` }} />
      <Square size={11} fill="currentColor" aria-hidden />
      <span>{starting ? t('bar.starting') : t('bar.cancel')}</span>
      {!starting && <span className="run-percent">{percent}%</span>}
    </Button>
  )
}
