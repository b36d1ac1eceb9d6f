import type { Problem } from '../shared/engine/types.ts'
import { locate, type PipelineArgument } from './pipeline-argument.ts'
import type { Style } from './terminal.ts'

/** As linters write it, so that editors and build servers find the place: `file:line:column: node: message`, its hint beneath. */
export function formatProblem(file: string, problem: Problem, style: Style): string {
  const { line, column } = problem.position ?? { line: 1, column: 1 }
  const node = problem.nodeId === undefined ? '' : `${problem.nodeId}: `
  const severity = problem.severity === 'warning' ? `${style.yellow('warning:')} ` : ''
  const hint = problem.hint ? `\n  ${style.dim(problem.hint)}` : ''
  return `${style.bold(`${file}:${line}:${column}:`)} ${severity}${node}${problem.message}${hint}`
}

/** In the order of the file. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const place = ({ position }: Problem) => (position?.line ?? 0) * 100_000 + (position?.column ?? 0)
  return [...problems].sort((a, b) => place(a) - place(b))
}

/** The shape of a problem in `--json`. */
export function problemForProgram(pipeline: PipelineArgument, problem: Problem) {
  const { position, ...rest } = locate(problem, pipeline.positions)
  return { file: pipeline.file, line: position?.line ?? null, column: position?.column ?? null, ...rest }
}
