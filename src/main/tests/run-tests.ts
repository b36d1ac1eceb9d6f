import { type ErrorInfo, LogiDataError, toErrorInfo, userError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import type { CaseResult, TestEvent } from '../../shared/tests/result.ts'
import { casesOf, type TestCase } from '../../shared/tests/test-file.ts'
import type { PipelineFiles } from '../projects/pipeline-files.ts'
import type { TestFiles } from './test-files.ts'

export interface RunTestsOptions {
  readonly root: string
  readonly tests: TestFiles
  readonly pipelines: PipelineFiles
  readonly client: RpcClient<EngineContract>
  readonly environment: (document: PipelineDocument) => Record<string, string>
  /** Absent: all of the project. */
  readonly paths?: readonly string[] | undefined
  /** Only cases whose file or name holds this text; case does not matter. */
  readonly filter?: string | undefined
  /** Only this case of its file. */
  readonly name?: string | undefined
  /** Rows of a difference at most. */
  readonly limit?: number
  readonly actualRows?: number
  readonly signal: AbortSignal
}

/** Runs tests one after the other and says what happens. @throws LogiDataError `cancelled`, `file.*` */
export async function* runTests(options: RunTestsOptions): AsyncGenerator<TestEvent> {
  const started = performance.now()
  let passed = 0
  let failed = 0
  for (const path of options.paths ?? (await options.tests.paths())) {
    const { file, problems } = await options.tests.read(path)
    if (!file) {
      failed++
      yield { kind: 'invalid', path, problems }
      continue
    }
    const cases = casesOf(file).filter(({ name }) => isWanted(options, path, name))
    if (cases.length === 0) continue
    const pipeline = await documentOf(options, file.pipeline)
    for (const one of cases) {
      yield { kind: 'started', path, name: one.name }
      const result = 'document' in pipeline ? await runCase(options, pipeline.document, one) : failure(pipeline.error)
      if (result.state === 'passed') passed++
      else failed++
      yield { kind: 'ended', path, name: one.name, result }
    }
  }
  yield { kind: 'finished', passed, failed, milliseconds: performance.now() - started }
}

const isWanted = ({ filter, name: only }: RunTestsOptions, path: string, name: string): boolean =>
  (only === undefined || name === only) &&
  (filter === undefined || `${path} ${name}`.toLowerCase().includes(filter.toLowerCase()))

const failure = (error: ErrorInfo): CaseResult => ({ state: 'error', milliseconds: 0, expectations: [], error })

async function documentOf(
  { pipelines }: RunTestsOptions,
  path: string,
): Promise<{ document: PipelineDocument } | { error: ErrorInfo }> {
  try {
    const { document, problems } = await pipelines.read(path)
    // What could not be read would be left out silently: a test of another pipeline.
    if (document && problems.every(({ severity }) => severity !== 'error')) return { document }
    const first = problems[0]
    const place = first?.position ? `:${first.position.line}:${first.position.column}` : ''
    throw userError('test.pipeline', `${path}${place} cannot be read: ${first?.message ?? 'it is no pipeline'}`)
  } catch (thrown) {
    if (thrown instanceof LogiDataError) return { error: thrown.info }
    throw thrown
  }
}

/** @throws LogiDataError `cancelled` */
async function runCase(options: RunTestsOptions, document: PipelineDocument, one: TestCase): Promise<CaseResult> {
  const { root, client, environment, limit, actualRows, signal } = options
  const { parameters = {}, now, given = {}, expect } = one
  try {
    return await client.call(
      'test',
      {
        projectRoot: root,
        document,
        parameters,
        env: environment(document),
        given,
        expect,
        ...(now === undefined ? {} : { now }),
        ...(limit === undefined ? {} : { limit }),
        ...(actualRows === undefined ? {} : { actualRows }),
      },
      { signal },
    )
  } catch (thrown) {
    const error = toErrorInfo(thrown)
    if (error.kind === 'cancelled' || error.kind === 'bug') throw thrown
    return failure(error)
  }
}
