import { resolve } from 'node:path'
import { PipelineLister } from '../../main/projects/list-pipelines.ts'
import type { Problem } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { validatePipeline } from '../../shared/pipeline/validate-pipeline.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { locate, type PipelineArgument, readPipelineArgument } from '../pipeline-argument.ts'
import { formatProblem, problemForProgram, sortProblems } from '../print-problems.ts'
import { nearestProject } from '../project-root.ts'
import { type PushdownByNode, pushdownForProgram } from '../pushdown.ts'

/** `logidata validate [FILE...]`: everything that can be told without running. */
export async function validate(
  files: readonly string[],
  options: PipelineOptions,
  context: CommandContext,
): Promise<number> {
  const named = files.length > 0 ? files : await filesOfProject(options.project)
  const pipelines = await Promise.all(named.map(readPipelineArgument))
  const checked: { pipeline: PipelineArgument; problems: Problem[]; pushdown: PushdownByNode }[] = []
  for (const pipeline of pipelines) {
    const { problems, pushdown } = await checkPipeline(pipeline, options, context)
    const placed = sortProblems(problems.map((one) => locate(one, pipeline.positions)))
    checked.push({ pipeline, problems: placed, pushdown })
  }
  const errors = checked.flatMap(({ problems }) => problems).filter(({ severity }) => severity === 'error').length

  if (options.json) {
    const problems = checked.flatMap((one) => one.problems.map((problem) => problemForProgram(one.pipeline, problem)))
    const pushdown = checked.flatMap((one) =>
      Object.keys(one.pushdown).length > 0 ? [{ file: one.pipeline.file, nodes: one.pushdown }] : [],
    )
    printJson(context.terminal, { valid: errors === 0, problems, pushdown })
  } else {
    const { terminal } = context
    for (const { pipeline, problems } of checked) {
      for (const problem of problems) terminal.out.write(`${formatProblem(pipeline.file, problem, terminal.style)}\n`)
      if (problems.every(({ severity }) => severity === 'warning')) {
        const nodes = Object.keys(pipeline.document?.nodes ?? {}).length
        terminal.say(
          `${pipeline.file}: ${terminal.sayStyle.green('valid')}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
        )
      }
    }
    if (errors > 0) terminal.say(`${errors} ${errors === 1 ? 'error' : 'errors'}`)
  }
  return errors > 0 ? EXIT.failed : EXIT.success
}

/** Problems of reading and, as far as it could be read, of meaning. */
export async function findProblems(
  pipeline: PipelineArgument,
  options: PipelineOptions,
  context: CommandContext,
): Promise<Problem[]> {
  return (await checkPipeline(pipeline, options, context)).problems
}

async function checkPipeline(
  pipeline: PipelineArgument,
  options: PipelineOptions,
  context: CommandContext,
): Promise<{ problems: Problem[]; pushdown: PushdownByNode }> {
  if (!pipeline.document) return { problems: [...pipeline.problems], pushdown: {} }
  const request = pipelineRequest(pipeline.file, pipeline.document, options)
  const { client } = await context.engine()
  const { signal } = context
  const [analysis, modules] = await Promise.all([
    client.call('analyse', request, { signal }),
    client.call('modules', {}, { signal }),
  ])
  // The engine is given no text: where exactly a problem of the structure stands, the same check tells here.
  const placed = validatePipeline(pipeline.document, modules, pipeline.positions)
  const place = (problem: Problem): Problem => {
    const twin = placed.find((one) => one.nodeId === problem.nodeId && one.message === problem.message)
    return !problem.position && twin?.position ? { ...problem, position: twin.position } : problem
  }
  const ofNodes = Object.entries(analysis.nodes).flatMap(([nodeId, node]) =>
    node.problems.map((problem) => ({ nodeId, ...problem })),
  )
  const problems = [...pipeline.problems, ...[...analysis.problems, ...ofNodes].map(place)]
  return { problems, pushdown: pushdownForProgram(analysis) }
}

async function filesOfProject(given: string | undefined): Promise<string[]> {
  const root = given === undefined ? nearestProject(process.cwd()) : resolve(given)
  const entries = root === undefined ? [] : await new PipelineLister(root).list()
  if (root === undefined || entries.length === 0)
    throw userError('usage.file', 'There is no pipeline here.', { hint: 'Name a file: logidata validate FILE' })
  // Short where the person stands in the project, and a path that works from there in any case.
  const prefix = root === process.cwd() ? '' : `${root}/`
  return entries.map(({ path }) => `${prefix}${path}`)
}
