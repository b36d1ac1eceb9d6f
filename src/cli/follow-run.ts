import type { Owner } from '../main/ownership/owner-lock.ts'
import type { HeadlessRuns } from '../main/runs/headless.ts'
import { operationalError, toErrorInfo } from '../shared/errors.ts'
import type { CommandContext } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { locate, type PipelineArgument } from './pipeline-argument.ts'
import { formatProblem } from './print-problems.ts'
import { RunReport } from './run-report.ts'
import { formatTable } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Says how a run goes until it ends. Ctrl-C cancels it. */
export async function follow(runs: HeadlessRuns, runId: string, context: CommandContext): Promise<RunReport> {
  const { terminal, signal } = context
  const report = new RunReport()
  const cancel = () => void runs.cancel(runId).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    for await (const event of runs.events(runId)) {
      const changed = report.add(event)
      if (event.kind !== 'finished') terminal.progress(report.progressLine())
      if (changed && !process.stderr.isTTY) terminal.say(changed)
    }
  } catch (thrown) {
    const error = toErrorInfo(thrown)
    if (error.kind === 'bug') throw thrown
    const gone = runs.owner !== undefined && error.code === 'rpc.disconnected'
    report.end('failed', gone ? ownerGone(runs.owner).info : error)
  } finally {
    signal.removeEventListener('abort', cancel)
    terminal.progress('')
  }
  return report
}

const ownerGone = (owner: Owner) =>
  operationalError('owner.gone', `${owner.application} ended while it ran this pipeline.`, {
    hint: 'The run is in the history as interrupted: logidata runs resume takes it up.',
  })

export const waiting = (owner: Owner | undefined) =>
  owner
    ? `${owner.application} (process ${owner.pid}) works in this project; waiting for it to end …`
    : 'Another program works in this project; waiting for it to end …'

export function printReport(
  report: RunReport,
  pipeline: Pick<PipelineArgument, 'file' | 'positions'> | undefined,
  terminal: Terminal,
): void {
  const { style, sayStyle } = terminal
  const heads = [
    { title: 'NODE' },
    { title: 'STATE' },
    { title: 'ROWS', align: 'right' as const },
    { title: 'TIME', align: 'right' as const },
    { title: 'WRITTEN' },
  ]
  const rows = report.tableRows()
  if (rows.length > 0) terminal.out.write(formatTable(heads, rows, { style, width: terminal.width, longest: 60 }))
  for (const { nodeId, port, check, severity, state, message } of report.checks) {
    if (state === 'passed') continue
    const word = severity === 'warn' ? sayStyle.yellow('warning') : sayStyle.red('check failed')
    terminal.say(`${word}: ${nodeId}.${port}: “${check}”: ${message ?? state}`)
  }
  for (const error of report.errors())
    terminal.say(
      pipeline
        ? formatProblem(pipeline.file, locate({ severity: 'error', ...error }, pipeline.positions), sayStyle)
        : `${error.nodeId === undefined ? '' : `${error.nodeId}: `}${error.message}${error.hint ? `\n  ${error.hint}` : ''}`,
    )
  const seconds = (report.milliseconds / 1000).toFixed(report.milliseconds < 10_000 ? 2 : 1)
  const colour = report.state === 'succeeded' ? sayStyle.green : sayStyle.red
  terminal.say(`${colour(`Run ${report.state}`)} after ${seconds} s.`)
}

export function exitCodeOf({ state }: RunReport): number {
  if (state === 'cancelled') return EXIT.cancelled
  return state === 'succeeded' ? EXIT.success : EXIT.failed
}
