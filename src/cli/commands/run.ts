import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import { openRuns } from '../../main/runs/headless.ts'
import { userError } from '../../shared/errors.ts'
import { resolveParameters } from '../../shared/pipeline/parameters.ts'
import { cursorsOf } from '../../shared/runs/cursors.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { dryRun } from '../dry-run.ts'
import { exitCodeOf, follow, printReport, waiting } from '../follow-run.ts'
import { withJournal } from '../open-project.ts'
import { readPipelineArgument } from '../pipeline-argument.ts'
import { pushdownOf } from '../pushdown.ts'
import { reportInvalid } from '../report-invalid.ts'

export interface RunOptions extends PipelineOptions {
  readonly only: readonly string[]
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Where the clock stands still, ISO. */
  readonly now?: string
  /** The same key again gives the run that it gave first. */
  readonly key?: string
  /** Sources over a connection are not asked. */
  readonly offline?: boolean
  readonly pushdown?: boolean
  /** Nothing is written: loads say what they would do. */
  readonly dryRun?: boolean
}

/** `logidata run FILE`: runs the pipeline's loads, and what they need. */
export async function run(file: string, options: RunOptions, context: CommandContext): Promise<number> {
  const { terminal, signal } = context
  const pipeline = await readPipelineArgument(file)
  // What could not be read would be left out silently: a filter without its condition is another pipeline.
  if (!pipeline.document || !pipeline.complete) return reportInvalid(pipeline, pipeline.problems, options, terminal)
  const { document } = pipeline
  const nodes = Object.keys(document.nodes)
  for (const nodeId of [...options.only, ...options.from, ...options.to])
    if (!nodes.includes(nodeId))
      throw userError('usage.node', `The pipeline has no node “${nodeId}”.`, { hint: `It has: ${nodes.join(', ')}` })
  const request = pipelineRequest(file, document, options)
  const { problems } = resolveParameters(document, request.parameters)
  const missing = problems.find(({ code }) => code === 'parameter.missing')
  if (missing) throw userError('usage.parameter', missing.message, { hint: 'Give it with --parameter name=value.' })

  const { projectRoot, parameters, env } = request
  const path = relative(await realpath(projectRoot), await realpath(file)).replaceAll('\\', '/')
  if (options.dryRun) {
    const cursors = await withJournal({ project: projectRoot }, (journal) => cursorsOf(journal?.cursorsOf(path) ?? []))
    return dryRun(request, { ...options, cursors }, pipeline, context)
  }

  const runs = await openRuns({
    projectRoot,
    application: 'logidata run',
    engine: () => context.engine(),
    environment: () => env,
    onWait: (owner) => terminal.say(waiting(owner)),
    signal,
  })
  try {
    const runId = await runs.start({
      path,
      document,
      parameters,
      env,
      ...(options.only.length > 0 && { only: [...options.only] }),
      ...(options.from.length > 0 && { from: [...options.from] }),
      ...(options.to.length > 0 && { to: [...options.to] }),
      ...(options.now !== undefined && { now: options.now }),
      ...(options.offline && { offline: true }),
      ...(options.pushdown === false && { pushdown: false }),
      ...(options.key !== undefined && { key: options.key }),
    })
    if (runs.owner)
      terminal.say(
        `${runs.owner.application} (process ${runs.owner.pid}) has this project open and runs it there: ${runId}`,
      )
    const report = await follow(runs, runId, context)
    if (options.json) {
      const asked = { ...request, offline: options.offline === true, pushdown: pushes(options) }
      const pushdown = await pushdownOf(asked, context)
      printJson(terminal, { runId, ...report.forPrograms(), pushdown })
    } else printReport(report, pipeline, terminal)
    return exitCodeOf(report)
  } finally {
    await runs.close()
  }
}

/** A run to a step in the middle leaves nothing to its sources. */
const pushes = ({ pushdown, to }: RunOptions): boolean => pushdown !== false && to.length === 0
