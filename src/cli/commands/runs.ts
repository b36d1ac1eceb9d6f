import { currentOwner } from '../../main/ownership/owner-lock.ts'
import { unknownRun } from '../../main/runs/run-failures.ts'
import type { RunDetail, RunSummary } from '../../shared/runs/history.ts'
import { newestRejects } from '../../shared/runs/newest-rejects.ts'
import { type CommandContext, parseParameters, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { secondsText } from '../figures.ts'
import { exitCodeOf, follow, printReport } from '../follow-run.ts'
import { type ProjectOptions, projectFolder, withJournal, withProject } from '../open-project.ts'
import { formatTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface ListOptions extends ProjectOptions {
  readonly limit: number
  readonly state?: RunSummary['state']
  readonly pipeline?: string
}

/** `logidata runs list`: the history, newest first, also while a studio has the project open. */
export async function listRuns(options: ListOptions, { terminal }: CommandContext): Promise<number> {
  const { limit, state, pipeline } = options
  const runs = await withJournal(
    options,
    (journal) => journal?.list({ limit, path: pipeline, states: state && [state] }).runs ?? [],
  )
  if (options.json) {
    printJson(terminal, { runs })
    return EXIT.success
  }
  if (runs.length === 0) terminal.say('There are no runs.')
  else {
    const heads = ['RUN', 'PIPELINE', 'STATE', 'STARTED', 'TIME', 'ROWS'].map((title) => ({ title }))
    const rows = runs.map((run) => [
      run.runId,
      run.path,
      stateText(run),
      (run.startedAt ?? run.queuedAt).slice(0, 19).replace('T', ' '),
      secondsText(run.milliseconds),
      run.rowsLoaded ?? '',
    ])
    terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  }
  if (runs.some(({ state }) => state === 'running')) {
    const owner = await currentOwner(projectFolder(options))
    if (!owner) terminal.say('What is said to be running is of a program that ended; it can be resumed.')
  }
  return EXIT.success
}

/** `logidata runs show ID` */
export async function showRun(runId: string, options: ProjectOptions, { terminal }: CommandContext): Promise<number> {
  const detail = await withJournal(options, (journal) => journal?.detail(runId))
  if (!detail) throw unknownRun(runId)
  if (options.json) printJson(terminal, detail)
  else printDetail(detail, terminal)
  return EXIT.success
}

/** `logidata runs resume ID` */
export async function resumeRun(
  runId: string,
  options: ProjectOptions & {
    readonly env: readonly string[]
    readonly parameter: readonly string[]
    readonly asItWas?: boolean
  },
  context: CommandContext,
): Promise<number> {
  const { terminal } = context
  const parameters = parseParameters(options.parameter)
  return withProject('runs resume', options, context, async (runs) => {
    await runs.call('run.resume', { runId, pipeline: options.asItWas ? 'then' : 'now', parameters })
    const report = await follow(runs, runId, context)
    if (options.json) printJson(terminal, { runId, ...report.forPrograms() })
    else printReport(report, undefined, terminal)
    return exitCodeOf(report)
  })
}

function printDetail({ run, request, attempts, nodes, rejects }: RunDetail, { out, style, width }: Terminal): void {
  const parameters = Object.entries(request.parameters).map(([name, value]) => `${name}=${value}`)
  const facts = [
    ['run', `${run.runId} (number ${run.number})`],
    ['pipeline', `${run.path}${run.name === undefined ? '' : ` (${run.name})`}`],
    ['state', stateText(run)],
    ['asked for by', [run.trigger.by, run.trigger.name, run.trigger.detail].filter(Boolean).join(', ')],
    ['parameters', parameters.join(' ')],
    ...attempts.map(({ attempt, state, startedAt, milliseconds, error }) => [
      `attempt ${attempt}`,
      [state, startedAt, secondsText(milliseconds), error?.message].filter(Boolean).join(', '),
    ]),
  ]
  for (const [name = '', text = ''] of facts) if (text !== '') out.write(`${name.padEnd(14)}${text}\n`)
  const heads = ['NODE', 'STATE', 'ROWS', 'TIME', 'WRITTEN'].map((title) => ({ title }))
  const rows = nodes
    .filter(({ attempt }) => attempt === run.attempt)
    .map((node) => [
      node.nodeId,
      node.state,
      Object.entries(node.rows ?? {})
        .map(([port, count]) => `${port} ${count}`)
        .join(' · '),
      secondsText(node.milliseconds),
      (node.written ?? []).join(', '),
    ])
  if (rows.length > 0) out.write(formatTable(heads, rows, { style, width, longest: 60 }))
  for (const { nodeId, port, rows: count, attempt } of newestRejects(rejects))
    out.write(
      `${nodeId}.${port} turned down ${count} (attempt ${attempt}): logidata runs rejects ${run.runId} ${nodeId}\n`,
    )
}

const stateText = ({ state, position, attempt }: RunSummary) =>
  [state, position !== undefined && `place ${position}`, attempt > 1 && `attempt ${attempt}`].filter(Boolean).join(', ')
