import { realpath } from 'node:fs/promises'
import { grantedEnvironment } from '../../main/environment/granted-environment.ts'
import type { JournalReader } from '../../main/journal/read-journal.ts'
import { type RejectsReading, readRejects } from '../../main/runs/rejects.ts'
import { unknownRun, withSecrets } from '../../main/runs/run-failures.ts'
import { userError } from '../../shared/errors.ts'
import type { RunDetail, RunRejects } from '../../shared/runs/history.ts'
import { newestRejects } from '../../shared/runs/newest-rejects.ts'
import type { KeptPage, ReplayedRows } from '../../shared/runs/rejects.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { countText } from '../figures.ts'
import { exitCodeOf, follow, printReport } from '../follow-run.ts'
import { type ProjectOptions, projectFolder, withJournal, withProject } from '../open-project.ts'
import { formatTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface RejectsOptions extends ProjectOptions {
  readonly env: readonly string[]
  readonly limit: number
  readonly offset: number
  /** File of the project that they are written to. */
  readonly export?: string
}

export interface ReplayOptions extends ProjectOptions {
  readonly env: readonly string[]
  /** Rows that were replayed before are replayed once more. */
  readonly again?: boolean
  /** Through the pipeline as it was at the run. */
  readonly asItWas?: boolean
}

/** `logidata runs rejects RUN NODE [PORT]`: rows that a node turned down, and which of them were replayed. */
export async function rejects(
  runId: string,
  nodeId: string,
  port: string | undefined,
  options: RejectsOptions,
  context: CommandContext,
): Promise<number> {
  const { terminal } = context
  return withJournal(options, async (journal) => {
    if (!journal) throw unknownRun(runId)
    const kept = keptBy(journal, runId, nodeId, port)
    const of = { runId, nodeId, port: kept.port }
    if (options.export !== undefined) {
      const path = options.export
      await withProject('runs rejects', options, context, ({ call }) => call('run.exportRejects', { ...of, path }))
      if (options.json) printJson(terminal, { ...of, attempt: kept.attempt, written: path })
      else terminal.say(`Written to ${path}.`)
      return EXIT.success
    }
    const { limit, offset } = options
    const page = await readRejects(await reading(journal, options, context), { ...of, limit, offset }, context.signal)
    if (options.json) printJson(terminal, { ...of, attempt: kept.attempt, rejected: kept.rows, offset, ...page })
    else print(page, kept, offset, terminal)
    return EXIT.success
  })
}

/** `logidata runs replay RUN NODE [PORT]`: the rows run again, through the pipeline as it is now. */
export async function replay(
  runId: string,
  nodeId: string,
  port: string | undefined,
  options: ReplayOptions,
  context: CommandContext,
): Promise<number> {
  const { terminal } = context
  const kept = await withJournal(options, (journal) => {
    if (!journal) throw unknownRun(runId)
    return keptBy(journal, runId, nodeId, port)
  })
  const of = { runId, nodeId, port: kept.port }
  return withProject('runs replay', options, context, async (runs) => {
    const { replayed, total } = await runs.call('run.rejects', { ...of, limit: 1 })
    const done = options.again ? [] : rowsOf(replayed)
    // The same request again would only be told of the run that it started first.
    if (total > 0 && done.length >= total) throw allReplayed(replayed)
    if (done.length > 0)
      terminal.say(`${countText(done.length, 'row was', 'rows were')} replayed already, and are left out.`)
    const { runId: started } = await runs.call('run.replay', {
      ...of,
      repairs: [],
      exclude: done,
      again: options.again === true,
      pipeline: options.asItWas ? 'then' : 'now',
    })
    const report = await follow(runs, started, context)
    if (options.json) printJson(terminal, { runId: started, ...report.forPrograms() })
    else printReport(report, undefined, terminal)
    return exitCodeOf(report)
  })
}

/** What the newest attempt that has such rows kept. @throws LogiDataError `run.unknown`, `usage.node`, `usage.port` */
function keptBy(journal: JournalReader, runId: string, nodeId: string, port: string | undefined): RunRejects {
  const all = newestRejects(detailOf(journal, runId).rejects)
  const ofNode = all.filter((one) => one.nodeId === nodeId)
  const nodes = [...new Set(all.map((one) => one.nodeId))]
  if (ofNode.length === 0)
    throw userError('usage.node', `“${nodeId}” turned no rows down in this run.`, {
      hint: nodes.length === 0 ? 'No node did.' : `These did: ${nodes.join(', ')}`,
    })
  const ports = ofNode.map((one) => one.port).join(', ')
  const [only, ...others] = port === undefined ? ofNode : ofNode.filter((one) => one.port === port)
  if (!only)
    throw userError('usage.port', `“${nodeId}” turned no rows down at “${port}”.`, { hint: `It did at: ${ports}` })
  if (others.length > 0)
    throw userError('usage.port', `“${nodeId}” turned rows down at several ports.`, { hint: `Name one of: ${ports}` })
  return only
}

function detailOf(journal: JournalReader, runId: string): RunDetail {
  const detail = journal.detail(runId)
  if (!detail) throw unknownRun(runId)
  return detail
}

/** Rows are read without owning the project. */
async function reading(
  journal: JournalReader,
  options: RejectsOptions,
  context: CommandContext,
): Promise<RejectsReading> {
  return {
    projectRoot: await realpath(projectFolder(options)),
    engine: await context.engine(),
    environment: (document) => grantedEnvironment(document, new Set(options.env), process.env),
    runs: {
      journal,
      read: (runId) => detailOf(journal, runId),
      parameters(runId) {
        const { document, parameters } = detailOf(journal, runId).request
        return withSecrets(document, parameters)
      },
    },
  }
}

function print(page: KeptPage, kept: RunRejects, offset: number, terminal: Terminal): void {
  const { columns, rows, total, replayed, changed } = page
  const runOf = (row: number) => replayed.findLast(({ first, last }) => first <= row && row <= last)?.runId ?? ''
  const heads = [
    { title: 'ROW', align: 'right' as const },
    ...(replayed.length > 0 ? [{ title: 'REPLAYED BY' }] : []),
    ...columns.map(({ name, type }) => ({ title: name, subtitle: type })),
  ]
  const cells = rows.map((row, index) => [
    String(offset + index + 1),
    ...(replayed.length > 0 ? [runOf(offset + index)] : []),
    ...row,
  ])
  if (rows.length > 0) terminal.out.write(formatTable(heads, cells, { style: terminal.style, width: terminal.width }))
  const counted = String(total) === kept.rows ? '' : ` (${kept.rows} were turned down)`
  terminal.say(
    `${rows.length} of ${countText(total, 'row')} shown${counted}, of attempt ${kept.attempt}, port ${kept.port}.`,
  )
  if (replayed.length > 0) terminal.say(replayedText(replayed))
  if (changed !== undefined) terminal.say(`${changed} They can be replayed with --as-it-was.`)
}

function replayedText(replayed: readonly ReplayedRows[]): string {
  const parts = replayed.map(
    ({ first, last, runId, state }) =>
      `${first === last ? first + 1 : `${first + 1}–${last + 1}`} by ${runId} (${state})`,
  )
  return `Replayed already: ${parts.slice(0, 20).join(', ')}${parts.length > 20 ? ', …' : ''}.`
}

const allReplayed = (replayed: readonly ReplayedRows[]) =>
  userError(
    'replay.already',
    `All of these rows were replayed already, by ${[...new Set(replayed.map(({ runId }) => runId))].join(', ')}.`,
    { hint: 'To add what comes of them once more, say --again.' },
  )

const rowsOf = (ranges: readonly ReplayedRows[]): number[] => [
  ...new Set(ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at))),
]
