import type { JsonValue } from '../shared/pipeline/document.ts'
import type { PipelineRequest } from '../shared/rpc/engine-contract.ts'
import { type CommandContext, printJson } from './context.ts'
import { exitCodeOf, printReport } from './follow-run.ts'
import type { PipelineArgument } from './pipeline-argument.ts'
import { RunReport } from './run-report.ts'
import { formatTable } from './table.ts'

interface DryRunOptions {
  readonly json?: boolean
  readonly only: readonly string[]
  /** Where the clock stands still, ISO. */
  readonly now?: string
  readonly offline?: boolean
  /** Where incremental extracts go on, by node. */
  readonly cursors: Readonly<Record<string, JsonValue>>
}

/** `logidata run FILE --dry-run`: computes everything and writes nothing. It is no run: the history does not know it. */
export async function dryRun(
  request: PipelineRequest,
  options: DryRunOptions,
  pipeline: PipelineArgument,
  { engine, terminal, signal }: CommandContext,
): Promise<number> {
  const { client } = await engine()
  const report = new RunReport()
  const asked = {
    ...request,
    runId: `dry-${process.pid}-${Date.now()}`,
    dry: true,
    cursors: { ...options.cursors },
    offline: options.offline ?? false,
    rowCounts: 'none' as const,
    keepRejects: { rows: 0 },
    ...(options.only.length > 0 && { only: [...options.only] }),
    ...(options.now !== undefined && { now: options.now }),
  }
  for await (const event of client.stream('run', asked, { signal })) {
    report.add(event)
    if (event.kind !== 'finished') terminal.progress(report.progressLine())
  }
  terminal.progress('')
  const { forecasts } = report
  if (options.json) {
    printJson(terminal, {
      state: report.state,
      forecasts: forecasts.map(({ nodeId, forecast }) => ({ nodeId, ...forecast })),
    })
    return exitCodeOf(report)
  }
  if (report.state !== 'succeeded') printReport(report, pipeline, terminal)
  const heads = ['LOAD', 'NEW', 'CHANGED', 'DELETED', 'UNCHANGED', 'TARGET'].map((title, index) => ({
    title,
    ...(index > 0 && index < 5 ? { align: 'right' as const } : {}),
  }))
  const rows = forecasts.map(({ nodeId, forecast: { rows: counts, creates, files } }) => [
    nodeId,
    counts.new ?? '?',
    counts.changed ?? '?',
    counts.deleted ?? '?',
    counts.unchanged ?? '?',
    creates === undefined ? '?' : creates ? 'is made' : files ? filesText(files) : 'exists',
  ])
  if (rows.length > 0)
    terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  for (const { nodeId, forecast } of forecasts)
    for (const { message } of forecast.columns) terminal.say(`${nodeId}: ${message}`)
  if (report.state === 'succeeded') terminal.say('Nothing was written.')
  return exitCodeOf(report)
}

const filesText = ({ replaced, kept }: { readonly replaced: number; readonly kept: number }): string => {
  const all = replaced + kept
  if (all === 1) return replaced === 1 ? 'is replaced' : 'is added to'
  return `${all} files: ${replaced} replaced, ${kept} kept`
}
