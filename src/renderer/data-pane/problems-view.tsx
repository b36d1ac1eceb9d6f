import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { Problem } from '../../shared/engine/types.ts'
import { t } from '../i18n/index.ts'
import { placeOfProblem, textAtField } from '../inspector/problem-text.ts'
import { select } from '../store/selection.ts'
import { Message } from './message.tsx'

/** Problems of the node; choosing one goes to its field. */
export function ProblemsView({ nodeId, problems }: { nodeId: string; problems: readonly Problem[] }) {
  if (problems.length === 0) return <Message title={t('data.noProblems')} />
  return (
    <ul className="problems-view">
      {problems.map((problem) => (
        <li key={`${problem.code} ${problem.field?.join('.') ?? ''} ${problem.message}`}>
          <button type="button" onClick={() => select([nodeId], problem.field ?? [])}>
            {problem.severity === 'error' ? (
              <CircleAlert size={14} className="problem-error" />
            ) : (
              <TriangleAlert size={14} className="problem-warning" />
            )}
            <span>
              {textAtField(problem)}
              {problem.hint && <span className="secondary"> {problem.hint}</span>}
            </span>
            {problem.field && <span className="problem-field">{placeOfProblem(problem, nodeId)}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}
