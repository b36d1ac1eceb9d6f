import { Button, InputGroup } from '@blueprintjs/core'
import { Plus, Trash2, Workflow } from 'lucide-react'
import { useState } from 'react'
import { addStep } from '../canvas/canvas-actions.ts'
import { canvasHandle } from '../canvas/canvas-state.ts'
import { fold } from '../canvas/search-steps.ts'
import { StepList } from '../canvas/step-list.tsx'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { openDialog, useUi } from '../store/ui.ts'

export function LeftPanel() {
  const panel = useUi((state) => state.leftPanel)
  return (
    <aside className="left-panel" aria-label={t(`rail.${panel}`)}>
      {panel === 'steps' && <StepsPanel />}
      {panel === 'pipelines' && <PipelinesPanel />}
    </aside>
  )
}

function StepsPanel() {
  return (
    <StepList
      draggable
      foldable
      placeholder={t('steps.find')}
      emptyText={(query) => t('steps.noMatch', { query })}
      onChoose={(info) => {
        const handle = canvasHandle()
        if (handle) handle.add(info.type)
        else addStep(info)
      }}
      onEscape={() => canvasHandle()?.focus()}
    />
  )
}

function PipelinesPanel() {
  const pipelines = useProject((state) => state.project?.pipelines) ?? []
  const front = usePipeline((state) => state.path)
  const frontName = usePipeline((state) => state.document?.name)
  const [query, setQuery] = useState('')
  const shown = pipelines.filter((entry) => fold(`${entry.name} ${entry.path}`).includes(fold(query)))
  return (
    <>
      <div className="panel-head">
        <InputGroup
          fill
          value={query}
          onValueChange={setQuery}
          placeholder={t('pipelines.find')}
          aria-label={t('pipelines.find')}
        />
        <Button
          icon={<Plus size={15} />}
          aria-label={t('pipelines.new')}
          title={t('pipelines.new')}
          onClick={() => openDialog({ kind: 'newPipeline' })}
        />
      </div>
      <ul className="panel-list">
        {shown.map(({ path, name }) => (
          <li key={path} className={`panel-item${path === front ? ' is-front' : ''}`}>
            <button
              type="button"
              className="panel-item-main"
              aria-current={path === front ? 'page' : undefined}
              onClick={() => void openPipeline(path).catch(toastError)}
            >
              <Workflow size={15} strokeWidth={1.8} aria-hidden />
              <span className="panel-item-words">
                <span className="truncate">{(path === front && frontName) || name}</span>
                <span className="panel-item-more truncate">{path}</span>
              </span>
            </button>
            <button
              type="button"
              className="panel-item-action"
              aria-label={`${t('pipelines.delete')} ${name}`}
              title={t('pipelines.delete')}
              onClick={() => openDialog({ kind: 'deletePipeline', path, name })}
            >
              <Trash2 size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && (
        <p className="panel-none">{query ? t('pipelines.noMatch', { query }) : t('pipelines.none')}</p>
      )}
    </>
  )
}
