import { Button } from '@blueprintjs/core'
import { FileWarning, Plus, Workflow } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { openDialog, showPanes } from '../store/ui.ts'

const showPipelines = (): void => showPanes({ leftPanel: 'pipelines', leftOpen: true })

/** The canvas, or what stands in its place: no pipeline at all, or a file that cannot be read as one. */
export function Middle({ children }: { readonly children: ReactNode }) {
  const path = usePipeline((state) => state.path)
  const readable = usePipeline((state) => state.document !== undefined)
  const problems = usePipeline((state) => state.fileProblems)
  const opening = usePipeline((state) => state.opening)
  const project = useProject((state) => state.project)
  if (path !== undefined && !readable) {
    return (
      <div className="middle-empty">
        <FileWarning size={28} strokeWidth={1.5} aria-hidden />
        <h2>{t('file.unreadable')}</h2>
        <ul className="file-problems">
          {problems.slice(0, 3).map((problem) => (
            <li key={`${problem.position?.line}:${problem.position?.column}:${problem.message}`}>
              <code>
                {path}
                {problem.position && `:${problem.position.line}:${problem.position.column}`}
              </code>
              <span>
                {problem.message} {problem.hint}
              </span>
            </li>
          ))}
        </ul>
        <p>{t('file.unreadableHint')}</p>
      </div>
    )
  }
  if (path === undefined && project && !opening) {
    const hasSome = project.pipelines.length > 0
    return (
      <div className="middle-empty">
        <Workflow size={28} strokeWidth={1.5} aria-hidden />
        <h2>{t(hasSome ? 'project.noneOpen' : 'project.empty')}</h2>
        <p>{t(hasSome ? 'project.noneOpenHint' : 'project.emptyHint')}</p>
        {hasSome && <Button intent="primary" text={t('project.showPipelines')} onClick={showPipelines} />}
        <Button
          {...(!hasSome && { intent: 'primary' as const })}
          icon={<Plus size={15} />}
          text={t('pipelines.new')}
          onClick={() => openDialog({ kind: 'newPipeline' })}
        />
      </div>
    )
  }
  return children
}
