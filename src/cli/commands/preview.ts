import { userError } from '../../shared/errors.ts'
import { parseReference, REFERENCE, type Reference } from '../../shared/pipeline/document.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { isRightAligned } from '../number-types.ts'
import { readPipelineArgument } from '../pipeline-argument.ts'
import { pushdownOf } from '../pushdown.ts'
import { reportInvalid } from '../report-invalid.ts'
import { formatTable } from '../table.ts'

export interface PreviewOptions extends PipelineOptions {
  readonly limit: number
}

/** `logidata preview FILE NODE[.PORT]`: the first rows of one output. Writes nothing. */
export async function preview(
  file: string,
  output: string,
  options: PreviewOptions,
  context: CommandContext,
): Promise<number> {
  const { terminal, signal } = context
  const pipeline = await readPipelineArgument(file)
  if (!pipeline.document) return reportInvalid(pipeline, pipeline.problems, options, terminal)
  const { nodeId, port } = parseOutput(output, Object.keys(pipeline.document.nodes))
  const request = { ...pipelineRequest(file, pipeline.document, options), nodeId, ...(port ? { port } : {}) }

  const { client } = await context.engine()
  const result = await client.call('preview', { ...request, limit: options.limit }, { signal })
  const { columns, rows, exactness, totalRows, more, milliseconds } = result
  if (options.json) {
    // A preview reads its sources as they are: this is what a run would leave to them.
    const pushdown = await pushdownOf(request, context)
    printJson(terminal, { columns, rows, exactness, totalRows: totalRows ?? null, more, milliseconds, pushdown })
    return EXIT.success
  }
  const heads = columns.map(({ name, type }) => ({
    title: name,
    subtitle: type,
    align: isRightAligned(type) ? ('right' as const) : ('left' as const),
  }))
  terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width }))
  const total = totalRows === undefined ? (more ? 'more rows follow' : '') : `of ${totalRows} rows`
  const how = exactness === 'exact' ? 'exact' : 'over a sample of the source'
  terminal.say(terminal.sayStyle.dim([`${rows.length} rows shown`, total, how].filter((part) => part).join(', ')))
  return EXIT.success
}

function parseOutput(text: string, nodes: readonly string[]): Reference {
  const reference = REFERENCE.test(text) ? parseReference(text) : undefined
  if (reference && nodes.includes(reference.nodeId)) return reference
  throw userError('usage.node', `The pipeline has no node “${reference?.nodeId ?? text}”.`, {
    hint: nodes.length > 0 ? `It has: ${nodes.join(', ')}` : 'It has no nodes.',
  })
}
