import { createHash } from 'node:crypto'
import { dirname, extname } from 'node:path/posix'
import { fromErrorInfo, operationalError, userError } from '../../shared/errors.ts'
import { FORMAT, type PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunDetail } from '../../shared/runs/history.ts'
import type { RejectsPage, Repair } from '../../shared/runs/rejects.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import { newRunId } from './run-id.ts'
import type { RunStart } from './run-options.ts'

/** What a project's kept rows are read with. */
export interface RejectsContext {
  readonly projectRoot: string
  readonly engine: Pick<AppEngine, 'client'>
  readonly runs: { read(runId: string): RunDetail; start(what: RunStart): string }
  readonly environment: (document: PipelineDocument) => Record<string, string>
}

export interface RejectsOf {
  readonly runId: string
  readonly nodeId: string
  readonly port: string
}

/** @throws LogiDataError */
export function readRejects(
  context: RejectsContext,
  { limit, offset, ...of }: RejectsOf & { readonly limit: number; readonly offset: number },
  signal: AbortSignal,
): Promise<RejectsPage> {
  return context.engine.client.call('rejects', { ...requestOf(context, of), limit, offset }, { signal })
}

/** Repairs kept rows and queues a run of them. @returns its id @throws LogiDataError */
export async function replayRejects(
  context: RejectsContext,
  { repairs, exclude, ...of }: RejectsOf & { readonly repairs: readonly Repair[]; readonly exclude: readonly number[] },
  signal: AbortSignal,
): Promise<string> {
  const { runs } = context
  const { run, request } = runs.read(of.runId)
  const { nodeId, file, ...rest } = requestOf(context, of)
  // Pressed twice, the rows are added once.
  const what = JSON.stringify([of.runId, of.nodeId, of.port, repairs, [...exclude].sort((a, b) => a - b)])
  const hash = createHash('sha256').update(what).digest('hex').slice(0, 32)
  const target = `${dirname(file)}/${newRunId()}.repaired.parquet`
  await context.engine.client.call(
    'repair',
    { ...rest, nodeId, file, target, repairs: [...repairs], exclude: [...exclude] },
    { signal },
  )
  const { document, parameters } = request
  return runs.start({
    path: run.path,
    document,
    parameters,
    trigger: { by: 'replay', name: of.runId },
    replay: { nodeId, file: target },
    key: `replay:${hash}`,
  })
}

const LOADS: Readonly<Record<string, string>> = {
  '.csv': 'load.csv',
  '.parquet': 'load.parquet',
  '.xlsx': 'load.excel',
}

/** @throws LogiDataError `target.exists`, `rejects.format` */
export async function exportRejects(
  context: RejectsContext,
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
function requestOf({ runs, projectRoot, environment }: RejectsContext, { runId, nodeId, port }: RejectsOf) {
  const { request, rejects } = runs.read(runId)
  const { document, parameters } = request
  const own = rejects.filter((one) => one.nodeId === nodeId && one.port === port)
  const file = own.sort((a, b) => b.attempt - a.attempt).find((one) => one.file !== undefined)?.file
  if (file === undefined)
    throw userError('rejects.not-kept', `The rejected rows of “${nodeId}” were not kept.`, {
      hint: 'They were cleaned away, or none were to be kept. Run the pipeline again.',
    })
  return { projectRoot, document, parameters, env: environment(document), nodeId, file }
}
