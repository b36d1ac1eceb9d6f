import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path/posix'
import type { z } from 'zod'
import { fromErrorInfo, LogiDataError, operationalError, userError } from '../../shared/errors.ts'
import { FORMAT, type PipelineDocument } from '../../shared/pipeline/document.ts'
import type { PipelineRequest } from '../../shared/rpc/engine-contract.ts'
import type { RunDetail, RunRejects } from '../../shared/runs/history.ts'
import { newestRejects } from '../../shared/runs/newest-rejects.ts'
import type { KeptPage, Repair, ReplayedRows, RowRange, replayOptionsSchema } from '../../shared/runs/rejects.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import { PipelineFiles } from '../projects/pipeline-files.ts'
import { newRunId } from './run-id.ts'
import type { RunStart } from './run-options.ts'

/** What a project's kept rows are read with. */
export interface RejectsContext {
  readonly projectRoot: string
  readonly engine: Pick<AppEngine, 'client'>
  readonly runs: KeptRuns & { start(what: RunStart): string }
  readonly environment: (document: PipelineDocument) => Record<string, string>
}

/** What is known of the runs whose rows are read. */
export interface KeptRuns {
  read(runId: string): RunDetail
  parameters(runId: string): Readonly<Record<string, string>>
  readonly journal: { replayed(file: string): ReplayedRows[] }
}

/** Rows are read by whoever can read the journal; only its owner starts runs. */
export type RejectsReading = Omit<RejectsContext, 'runs'> & { readonly runs: KeptRuns }

export interface RejectsOf {
  readonly runId: string
  readonly nodeId: string
  readonly port: string
}

/** @throws LogiDataError */
export async function readRejects(
  context: RejectsReading,
  { limit, offset, ...of }: RejectsOf & { readonly limit: number; readonly offset: number },
  signal: AbortSignal,
): Promise<KeptPage> {
  const page = (request: object) =>
    context.engine.client.call('rejects', { ...then, ...request, limit, offset }, { signal })
  const then = requestOf(context, of)
  const replayed = context.runs.journal.replayed(then.file)
  const now = await asItIsNow(context, of, then)
  if ('why' in now) return { ...(await page({})), replayed, changed: now.why }
  const answer = await page(now.request).catch(() => undefined)
  return { ...(answer ?? (await page({}))), replayed }
}

/** Repairs kept rows and queues a run of them. @returns its id @throws LogiDataError `replay.already`, `replay.changed` */
export async function replayRejects(
  context: RejectsContext,
  {
    repairs,
    exclude,
    again,
    pipeline,
    ...of
  }: RejectsOf &
    z.output<typeof replayOptionsSchema> & {
      readonly repairs: readonly Repair[]
      readonly exclude: readonly number[]
    },
  signal: AbortSignal,
): Promise<string> {
  const { runs } = context
  // Where secrets are not known any more, it says so.
  runs.parameters(of.runId)
  const { run, rejects } = runs.read(of.runId)
  const then = requestOf(context, of)
  const { nodeId, file } = then
  const now = pipeline === 'now' ? await asItIsNow(context, of, then) : { request: {} }
  if ('why' in now) throw changed(now.why)
  const { document, parameters, env } = { ...then, ...now.request }
  const kept = Number(newestOf(rejects, of)?.kept ?? 0)
  const rows = rangesOf(kept, exclude)
  // Pressed twice, the rows are added once; asked for again, each time.
  const asked = [of.runId, of.nodeId, of.port, repairs, [...exclude].sort((a, b) => a - b), document]
  const key = again
    ? undefined
    : `replay:${createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 32)}`
  const target = `${dirname(file)}/${newRunId()}.repaired.parquet`
  const { projectRoot } = then
  await context.engine.client
    .call(
      'repair',
      { projectRoot, document, parameters, env, nodeId, file, target, repairs: [...repairs], exclude: [...exclude] },
      { signal },
    )
    .catch((thrown: unknown) => {
      const known = thrown instanceof LogiDataError && pipeline === 'now'
      throw known && thrown.info.code === 'replay.columns' ? changed(thrown.info.message) : thrown
    })
  try {
    return runs.start({
      path: run.path,
      document,
      parameters,
      trigger: { by: 'replay', name: of.runId },
      replay: { nodeId, file: target },
      key,
      replays: { source: of.runId, file, rows, again },
    })
  } catch (thrown) {
    await rm(join(projectRoot, target), { force: true })
    throw thrown
  }
}

const changed = (why: string) =>
  userError('replay.changed', why, {
    hint: 'Put the corrected rows into the source and run the pipeline again, or replay them with the pipeline as it was at that run.',
  })

/** What is asked with the pipeline as its file has it now, or why its rows cannot go through that. */
async function asItIsNow(
  context: RejectsReading,
  of: RejectsOf,
  then: { readonly document: PipelineDocument; readonly parameters: Readonly<Record<string, string>> },
): Promise<{ readonly request: Pick<PipelineRequest, 'document' | 'parameters' | 'env'> } | { readonly why: string }> {
  const { path } = context.runs.read(of.runId).run
  const found = await new PipelineFiles(context.projectRoot).read(path).catch(() => undefined)
  if (found === undefined) return { why: `“${path}” cannot be read any more.` }
  const { document } = found
  const node = document && Object.hasOwn(document.nodes, of.nodeId) ? document.nodes[of.nodeId] : undefined
  if (!document) return { why: `“${path}” is no complete pipeline now.` }
  if (!node) return { why: `The pipeline has no step “${of.nodeId}” any more.` }
  const was = then.document.nodes[of.nodeId]?.type
  if (node.type !== was) return { why: `“${of.nodeId}” is another step now: ${node.type} instead of ${was}.` }
  // Those that it has no more, or that have come since, take their defaults.
  const known = Object.entries(then.parameters).filter(([name]) => Object.hasOwn(document.parameters ?? {}, name))
  return { request: { document, parameters: Object.fromEntries(known), env: context.environment(document) } }
}

/** All rows but some, as ranges. */
function rangesOf(count: number, exclude: readonly number[]): RowRange[] {
  const ranges: RowRange[] = []
  let first = 0
  for (const row of [...new Set(exclude), count].filter((one) => one <= count).sort((a, b) => a - b)) {
    if (row > first) ranges.push({ first, last: row - 1 })
    first = row + 1
  }
  return ranges
}

const LOADS: Readonly<Record<string, string>> = {
  '.csv': 'load.csv',
  '.parquet': 'load.parquet',
  '.xlsx': 'load.excel',
}

/** @throws LogiDataError `target.exists`, `rejects.format` */
export async function exportRejects(
  context: RejectsReading,
  { path, ...of }: RejectsOf & { readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  const type = LOADS[extname(path).toLowerCase()]
  if (type === undefined)
    throw userError('rejects.format', `“${path}” does not say which kind of file is wanted.`, {
      hint: 'End its name with .csv, .xlsx or .parquet.',
    })
  const { file } = requestOf(context, of)
  const document: PipelineDocument = {
    format: FORMAT,
    name: 'Rejected rows',
    nodes: {
      rows: { type: 'extract.parquet', config: { path: file } },
      file: { type, inputs: { in: 'rows' }, config: { path, mode: 'fail' } },
    },
  }
  const { projectRoot, engine } = context
  const request = { projectRoot, document, runId: newRunId(), rowCounts: 'none' as const }
  for await (const event of engine.client.stream('run', request, { signal })) {
    if (event.kind !== 'finished' || event.state === 'succeeded') continue
    const { nodeId: _of, ...error } = event.error ?? operationalError('rejects.export', 'Nothing was written.').info
    throw fromErrorInfo(error)
  }
}

/** What the engine is asked with: the pipeline as it was, and where the newest attempt that has such rows kept them. */
function requestOf({ runs, projectRoot, environment }: RejectsReading, { runId, nodeId, port }: RejectsOf) {
  const { request, rejects } = runs.read(runId)
  const { document } = request
  const parameters = given(runs, runId) ?? request.parameters
  const file = newestOf(rejects, { nodeId, port })?.file
  if (file === undefined)
    throw userError('rejects.not-kept', `The rejected rows of “${nodeId}” were not kept.`, {
      hint: 'They were cleaned away, or none were to be kept. Run the pipeline again.',
    })
  return { projectRoot, document, parameters, env: environment(document), nodeId, file }
}

function given(runs: KeptRuns, runId: string): Record<string, string> | undefined {
  try {
    return { ...runs.parameters(runId) }
  } catch {
    return undefined
  }
}

/** What the newest attempt that has such rows kept. */
const newestOf = (rejects: readonly RunRejects[], { nodeId, port }: Omit<RejectsOf, 'runId'>): RunRejects | undefined =>
  newestRejects(rejects).find((one) => one.nodeId === nodeId && one.port === port)
