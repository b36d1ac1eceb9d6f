import type { Problem } from '../../shared/engine/types.ts'
import { hintOfProblem, textAtField } from './problem-text.ts'

/** What is wrong with a field, right beneath it. */
export function FieldProblems({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return problems.map((problem) => (
    <p
      key={`${problem.code} ${problem.message}`}
      className={problem.severity === 'error' ? 'field-problem' : 'field-problem field-warning'}
      role={problem.severity === 'error' ? 'alert' : undefined}
    >
      {textAtField(problem)}
      {problem.hint && <span className="field-hint"> {hintOfProblem(problem, problem.nodeId)}</span>}
    </p>
  ))
}
