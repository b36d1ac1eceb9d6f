import type { Problem } from '../shared/engine/types.ts'
import { printJson } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { locate, type PipelineArgument } from './pipeline-argument.ts'
import { formatProblem, problemForProgram, sortProblems } from './print-problems.ts'
import type { Terminal } from './terminal.ts'

/** For commands that need a pipeline which can be read: says why it cannot. @returns the exit code */
export function reportInvalid(
  pipeline: PipelineArgument,
  problems: readonly Problem[],
  { json }: { json?: boolean },
  terminal: Terminal,
): number {
  const located = sortProblems(problems.map((problem) => locate(problem, pipeline.positions)))
  if (json) {
    const error = {
      code: 'pipeline.invalid',
      kind: 'user',
      message: `${pipeline.file} is not a valid pipeline.`,
      problems: located.map((problem) => problemForProgram(pipeline, problem)),
    }
    printJson(terminal, { error })
  } else for (const problem of located) terminal.say(formatProblem(pipeline.file, problem, terminal.sayStyle))
  return EXIT.failed
}
