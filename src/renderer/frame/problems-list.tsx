import { Button } from '@blueprintjs/core'
import { CircleAlert, TriangleAlert, X } from 'lucide-react'
import { useMemo } from 'react'
import type { Problem } from '../../shared/engine/types.ts'
import { canvasHandle } from '../canvas/canvas-state.ts'
import { t } from '../i18n/index.ts'
import { textOfProblem } from '../inspector/problem-text.ts'
import { allProblems, useAnalysis } from '../store/analysis.ts'
import { usePipeline } from '../store/pipeline.ts'
import { closeProblems, showPanes, useUi } from '../store/ui.ts'
import { inOrder } from './problem-order.ts'

/** Every problem of the pipeline, over the data pane; choosing one goes to its node and field. */
export function ProblemsList() {
  const open = useUi((state) => state.problemsOpen)
  const analysis = useAnalysis((state) => state.analysis)
  const fileProblems = usePipeline((state) => state.fileProblems)
  const nodes = usePipeline((state) => state.document?.nodes)
  const problems = useMemo(
    () => (open ? inOrder([...fileProblems, ...allProblems(analysis)], Object.keys(nodes ?? {})) : []),
    [open, fileProblems, analysis, nodes],
  )
  if (!open) return null
  return (
    <section
      className="problems"
      aria-label={t('problems.title')}
      onKeyDown={(event) => event.key === 'Escape' && closeProblems()}
    >
      <header>
        <h2>{t('problems.title')}</h2>
        <span className="canvas-count">{problems.length > 0 && problems.length}</span>
        <span className="status-space" />
        <Button
          variant="minimal"
          size="small"
          icon={<X size={14} />}
          aria-label={t('dialog.close')}
          onClick={closeProblems}
        />
      </header>
      {problems.length === 0 && <p className="panel-none">{t('problems.none')}</p>}
      <ul>
        {problems.map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two problems may say the same.
          <li key={index}>
            <ProblemRow problem={problem} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const { nodeId, hint, position, severity, field } = problem
  const label = usePipeline((state) =>
    nodeId === undefined ? undefined : (state.document?.nodes[nodeId]?.label ?? nodeId),
  )
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert
  const go = () => {
    if (nodeId === undefined) return
    showPanes({ inspectorOpen: true })
    canvasHandle()?.reveal(nodeId, field)
  }
  return (
    <button type="button" className="problem" disabled={nodeId === undefined} onClick={go}>
      <Icon size={15} className={`problem-${severity}`} aria-hidden />
      <span className="problem-node truncate">{label ?? t('problems.pipeline')}</span>
      <span className="problem-words">
        {textOfProblem(problem)}
        {hint && <span className="problem-hint"> {hint}</span>}
      </span>
      {position && <span className="problem-line">{t('problems.line', { line: String(position.line) })}</span>}
    </button>
  )
}
