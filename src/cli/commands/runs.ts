import { resolve } from 'node:path'
import { grantedEnvironment } from '../../main/environment/granted-environment.ts'
import { openJournalToRead } from '../../main/journal/open-journal.ts'
import { JournalReader } from '../../main/journal/read-journal.ts'
import { currentOwner } from '../../main/ownership/owner-lock.ts'
import { openRuns } from '../../main/runs/headless.ts'
import { unknownRun } from '../../main/runs/run-failures.ts'
import type { RunDetail, RunSummary } from '../../shared/runs/history.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { exitCodeOf, follow, printReport, waiting } from '../follow-run.ts'
import { nearestProject } from '../project-root.ts'
import { formatTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface RunsOptions {
  readonly project?: string
  readonly json?: boolean
}

export interface ListOptions extends RunsOptions {
  readonly limit: number
  readonly state?: RunSummary['state']
  readonly pipeline?: string
}

/** `logidata runs list`: the history, newest first, also while a studio has the project open. */
export async function listRuns(options: ListOptions, { terminal }: CommandContext): Promise<number> {
  const { limit, state, pipeline } = options
  const runs = read(options, (journal) => journal?.list({ limit, path: pipeline, states: state && [state] }).runs ?? [])
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
      seconds(run.milliseconds),
      run.rowsLoaded ?? '',
    ])
    terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  }
  if (runs.some(({ state }) => state === 'running')) {
    const owner = await currentOwner(root(options))
    if (!owner) terminal.say('What is said to be running is of a program that ended; it can be resumed.')
  }
  return EXIT.success
}

/** `logidata runs show ID` */
export async function showRun(runId: string, options: RunsOptions, { terminal }: CommandContext): Promise<number> {
  const detail = read(options, (journal) => journal?.detail(runId))
  if (!detail) throw unknownRun(runId)
  if (options.json) printJson(terminal, detail)
  else printDetail(detail, terminal)
  return EXIT.success
}

/** `logidata runs resume ID` */
export async function resumeRun(
  runId: string,
  options: RunsOptions & { readonly env: readonly string[] },
  context: CommandContext,
): Promise<number> {
  const { terminal, signal } = context
  const runs = await openRuns({
    projectRoot: root(options),
    application: 'logidata runs resume',
    engine: () => context.engine(),
    environment: (document) => grantedEnvironment(document, new Set(options.env), process.env),
    onWait: (owner) => terminal.say(waiting(owner)),
    signal,
  })
  try {
    await runs.resume(runId)
    const report = await follow(runs, runId, context)
    if (options.json) printJson(terminal, { runId, ...report.forPrograms() })
    else printReport(report, undefined, terminal)
    return exitCodeOf(report)
  } finally {
    await runs.close()
  }
}

/** @throws LogiDataError `journal.*` */
function read<T>(options: RunsOptions, work: (journal: JournalReader | undefined) => T): T {
  const db = openJournalToRead(root(options))
  try {
    return work(db && new JournalReader(db))
  } finally {
    db?.close()
  }
}

const root = ({ project }: RunsOptions) => resolve(project ?? nearestProject(process.cwd()) ?? process.cwd())

function printDetail({ run, request, attempts, nodes }: RunDetail, { out, style, width }: Terminal): void {
  const parameters = Object.entries(request.parameters).map(([name, value]) => `${name}=${value}`)
  const facts = [
    ['run', `${run.runId} (number ${run.number})`],
    ['pipeline', `${run.path}${run.name === undefined ? '' : ` (${run.name})`}`],
    ['state', stateText(run)],
    ['asked for by', [run.trigger.by, run.trigger.name, run.trigger.detail].filter(Boolean).join(', ')],
    ['parameters', parameters.join(' ')],
    ...attempts.map(({ attempt, state, startedAt, milliseconds, error }) => [
      `attempt ${attempt}`,
      [state, startedAt, seconds(milliseconds), error?.message].filter(Boolean).join(', '),
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
      seconds(node.milliseconds),
      (node.written ?? []).join(', '),
    ])
  if (rows.length > 0) out.write(formatTable(heads, rows, { style, width, longest: 60 }))
}

const stateText = ({ state, position, attempt }: RunSummary) =>
  [state, position !== undefined && `place ${position}`, attempt > 1 && `attempt ${attempt}`].filter(Boolean).join(', ')

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`
