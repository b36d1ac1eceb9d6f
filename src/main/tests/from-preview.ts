import { userError } from '../../shared/errors.ts'
import { type PipelineDocument, parseReference } from '../../shared/pipeline/document.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { type Given, TEST_FORMAT, type TestFile } from '../../shared/tests/test-file.ts'

export interface FromPreviewOptions {
  readonly client: RpcClient<EngineContract>
  readonly projectRoot: string
  readonly document: PipelineDocument
  readonly parameters: Record<string, string>
  readonly env: Record<string, string>
  /** Of the pipeline's file. */
  readonly path: string
  readonly nodeId: string
  readonly port?: string | undefined
  readonly name: string
  /** Of each source, at most. */
  readonly rows: number
  readonly now?: string | undefined
  readonly signal: AbortSignal
}

const EXPECTED_ROWS = 10_000

/**
 * A test that gives what the sources above a step hold now, as far as it fits, and expects what the step makes of it.
 * @returns also the sources of which only the first rows are given
 * @throws LogiDataError what is wrong with the step or above it
 */
export async function testFromPreview(options: FromPreviewOptions): Promise<{ file: TestFile; partial: string[] }> {
  const { client, projectRoot, document, parameters, env, nodeId, port, name, now, signal } = options
  const request = { projectRoot, document, parameters, env }
  const given: Record<string, Given> = {}
  const partial: string[] = []
  const output = port === undefined ? nodeId : `${nodeId}.${port}`
  for (const source of sourcesAbove(document, output)) {
    const at = parseReference(source)
    const preview = await client.call('preview', { ...request, ...at, limit: options.rows, offset: 0 }, { signal })
    if (preview.more || preview.exactness === 'sampled') partial.push(source)
    given[source] = { columns: preview.columns, rows: preview.rows }
  }
  const clock = now === undefined ? {} : { now }
  const expect = { [output]: { count: '0' } }
  const all = { ...request, ...clock, given, expect, actualRows: EXPECTED_ROWS }
  const { error, expectations } = await client.call('test', all, { signal })
  const [result] = expectations
  const actual = result?.actual
  const wrong = error ?? result?.error
  if (wrong) throw userError(wrong.code, wrong.message, wrong.hint === undefined ? {} : { hint: wrong.hint })
  if (!actual)
    throw userError('test.too-large', `“${output}” gives ${result?.rows ?? 'too many'} rows: too many for a test.`, {
      hint: 'Give fewer rows of the sources.',
    })
  const used = Object.keys(parameters).length > 0 ? { parameters } : {}
  const inputs = Object.keys(given).length > 0 ? { given } : {}
  const expected = { columns: actual.columns, rows: actual.rows }
  return {
    file: {
      format: TEST_FORMAT,
      name,
      pipeline: options.path,
      ...used,
      ...clock,
      ...inputs,
      expect: { [output]: expected },
    },
    partial,
  }
}

/** Outputs of nodes that read nothing, on which an output stands; itself if it is one. */
function sourcesAbove(document: PipelineDocument, output: string): string[] {
  const found = new Set<string>()
  const seen = new Set<string>()
  const visit = (text: string): void => {
    if (seen.has(text)) return
    seen.add(text)
    const inputs = Object.values(document.nodes[parseReference(text).nodeId]?.inputs ?? {})
    if (inputs.length === 0) found.add(text)
    for (const input of inputs) visit(input)
  }
  visit(output)
  // A test that gives what it expects would hold whatever the pipeline does.
  found.delete(output)
  return [...found]
}
