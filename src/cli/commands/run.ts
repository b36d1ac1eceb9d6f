import { randomUUID } from 'node:crypto'
import { LogiDataError, toErrorInfo, userError } from '../../shared/errors.ts'
import { resolveParameters } from '../../shared/pipeline/parameters.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { locate, type PipelineArgument, readPipelineArgument } from '../pipeline-argument.ts'
import { formatProblem } from '../print-problems.ts'
import { reportInvalid } from '../report-invalid.ts'
import { RunReport } from '../run-report.ts'
import { formatTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface RunOptions extends PipelineOptions {
  readonly only: readonly string[]
}

/** `logidata run FILE`: runs the pipeline's loads, and what they need. */
export async function run(file: string, options: RunOptions, context: CommandContext): Promise<number> {
  const { terminal, signal } = context
  const pipeline = await readPipelineArgument(file)
  // What could not be read would be left out silently: a filter without its condition is another pipeline.
  if (!pipeline.document || !pipeline.complete) return reportInvalid(pipeline, pipeline.problems, options, terminal)
  const { document } = pipeline
  const nodes = Object.keys(document.nodes)
  for (const nodeId of options.only)
    if (!nodes.includes(nodeId))
      throw userError('usage.node', `The pipeline has no node “${nodeId}”.`, { hint: `It has: ${nodes.join(', ')}` })
  const request = {
    ...pipelineRequest(file, document, options),
    runId: randomUUID(),
    ...(options.only.length > 0 ? { only: [...options.only] } : {}),
  }
  const { problems } = resolveParameters(document, request.parameters)
  const missing = problems.find(({ code }) => code === 'parameter.missing')
  if (missing) throw userError('usage.parameter', missing.message, { hint: 'Give it with --parameter name=value.' })

  const report = new RunReport()
  try {
    const { client } = await context.engine()
    for await (const event of client.stream('run', request, { signal })) {
      const changed = report.add(event)
      if (event.kind !== 'finished') terminal.progress(report.progressLine())
      if (changed && !process.stderr.isTTY) terminal.say(changed)
    }
  } catch (thrown) {
    const cancelled = signal.aborted || (thrown instanceof LogiDataError && thrown.info.kind === 'cancelled')
    const error = toErrorInfo(thrown)
    if (error.kind === 'bug') throw thrown
    report.end(cancelled ? 'cancelled' : 'failed', cancelled ? undefined : error)
  } finally {
    terminal.progress('')
  }

  if (options.json) printJson(terminal, report.forPrograms())
  else printReport(report, pipeline, terminal)
  if (report.state === 'cancelled') return EXIT.cancelled
  return report.state === 'succeeded' ? EXIT.success : EXIT.failed
}

function printReport(report: RunReport, pipeline: PipelineArgument, terminal: Terminal): void {
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
  for (const error of report.errors())
    terminal.say(formatProblem(pipeline.file, locate({ severity: 'error', ...error }, pipeline.positions), sayStyle))
  const seconds = (report.milliseconds / 1000).toFixed(report.milliseconds < 10_000 ? 2 : 1)
  const colour = report.state === 'succeeded' ? sayStyle.green : sayStyle.red
  terminal.say(`${colour(`Run ${report.state}`)} after ${seconds} s.`)
}
