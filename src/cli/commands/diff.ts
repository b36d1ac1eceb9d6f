import { userError } from '../../shared/errors.ts'
import { type PipelineDocument, parseReference, REFERENCE } from '../../shared/pipeline/document.ts'
import { type Difference, isSame } from '../../shared/tests/result.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { DIFF_WORDS, differenceLines } from '../diff-table.ts'
import { EXIT } from '../exit-codes.ts'
import { type PipelineArgument, readPipelineArgument } from '../pipeline-argument.ts'
import { reportInvalid } from '../report-invalid.ts'
import type { Terminal } from '../terminal.ts'

export interface DiffOptions extends PipelineOptions {
  readonly node: string
  readonly oldNode?: string
  readonly key?: string
  readonly limit: number
}

/** `logidata diff OLD NEW --node NODE[.PORT]`: what two versions of a pipeline give, over the same inputs. */
export async function diff(
  older: string,
  newer: string,
  options: DiffOptions,
  context: CommandContext,
): Promise<number> {
  const { terminal, signal } = context
  const pipelines = await Promise.all([older, newer].map(readPipelineArgument))
  const broken = pipelines.find(({ document, complete }) => !document || !complete)
  if (broken) return reportInvalid(broken, broken.problems, options, terminal)
  const [before, after] = pipelines.map((pipeline) => pipeline.document)
  if (!before || !after) throw new TypeError('both were read')
  const node = nodeOf(options.node, after, pipelines[1])
  const beforeNode = nodeOf(options.oldNode ?? options.node, before, pipelines[0])
  const { projectRoot, ...newRequest } = pipelineRequest(newer, after, {
    ...options,
    parameter: ofVersion(options, after),
  })
  const { projectRoot: _projectRoot, ...oldRequest } = pipelineRequest(newer, before, {
    ...options,
    parameter: ofVersion(options, before),
  })
  const { client } = await context.engine()
  const request = {
    projectRoot,
    before: oldRequest,
    after: newRequest,
    ...node,
    beforeNode,
    limit: options.limit,
    ...(options.key === undefined ? {} : { keys: options.key.split(',').map((key) => key.trim()) }),
  }
  const difference = await client.call('diff', request, { signal })
  if (options.json) printJson(terminal, difference)
  else print(difference, terminal)
  return isSame(difference) ? EXIT.success : EXIT.failed
}

/** Parameters that only one version has are given to that one alone. */
const ofVersion = ({ parameter }: PipelineOptions, document: PipelineDocument): string[] =>
  parameter.filter((text) => Object.hasOwn(document.parameters ?? {}, text.slice(0, text.indexOf('='))))

function nodeOf(text: string, document: PipelineDocument, pipeline: PipelineArgument | undefined) {
  const reference = REFERENCE.test(text) ? parseReference(text) : undefined
  if (reference && Object.hasOwn(document.nodes, reference.nodeId)) return reference
  throw userError('usage.node', `${pipeline?.file} has no node “${reference?.nodeId ?? text}”.`, {
    hint: `It has: ${Object.keys(document.nodes).join(', ') || 'none'}`,
  })
}

function print(difference: Difference, terminal: Terminal): void {
  const { style, width, out, sayStyle } = terminal
  const lines = differenceLines(difference, DIFF_WORDS, { style, width, coloured: style.bold('x') !== 'x' })
  const { counts, changedColumns, rows } = difference
  if (changedColumns.length > 0)
    lines.push(`Changed: ${changedColumns.map(({ column, rows: count }) => `${column} in ${count}`).join(', ')}`)
  if (lines.length > 0) out.write(`${lines.join('\n')}\n`)
  const parts = [
    `${counts.unchanged} rows the same`,
    `${counts.changed} changed`,
    `${counts.removed} only old`,
    `${counts.added} only new`,
  ]
  const text = `${rows.before} rows old, ${rows.after} new: ${parts.join(', ')}.`
  terminal.say(isSame(difference) ? sayStyle.green(text) : text)
}
