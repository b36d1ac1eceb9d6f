import { relative, resolve } from 'node:path'
import { writeAtomically } from '../../main/files/write-atomically.ts'
import { renameInTests } from '../../main/tests/rename-in-tests.ts'
import { TestFiles } from '../../main/tests/test-files.ts'
import { userError } from '../../shared/errors.ts'
import { applyEdit } from '../../shared/pipeline/apply-edit.ts'
import { type PipelineDocument, parseReference, REFERENCE } from '../../shared/pipeline/document.ts'
import { writePipeline } from '../../shared/pipeline/write-pipeline.ts'
import type { ColumnRename } from '../../shared/rename.ts'
import { type CommandContext, type PipelineOptions, pipelineRequest, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { type PipelineArgument, readPipelineArgument } from '../pipeline-argument.ts'
import { reportInvalid } from '../report-invalid.ts'

interface Column {
  readonly file: string
  readonly node: string
  readonly column: string
}
type Read = PipelineArgument & { readonly document: PipelineDocument }

/** `logidata rename FILE NODE COLUMN NAME`: the pipeline's file and its tests are written, or with `--dry-run` nothing is. */
export async function rename(
  { to, ...column }: Column & { readonly to: string },
  options: PipelineOptions & { readonly dryRun?: boolean },
  context: CommandContext,
): Promise<number> {
  const { terminal } = context
  const pipeline = await readPipelineArgument(column.file)
  if (!isWhole(pipeline)) return reportInvalid(pipeline, pipeline.problems, options, terminal)
  const found = await think(pipeline, column, to, options, context)
  const { projectRoot } = pipelineRequest(column.file, pipeline.document, options)
  const after = found.edits.reduce((document, edit) => applyEdit(document, edit).document, pipeline.document)
  if (!options.dryRun) await writeAtomically(resolve(column.file), writePipeline(after, pipeline.text))
  const own = relative(projectRoot, resolve(column.file)).replaceAll('\\', '/')
  const tests = await renameInTests(new TestFiles(projectRoot), own, found.columns, options.dryRun === true)
  const { uses, lookAt, added } = found
  const files = [column.file, ...tests]
  if (options.json) printJson(terminal, { written: !options.dryRun, files, uses, lookAt, added: added ?? null })
  else {
    print(found, context)
    for (const path of tests) terminal.out.write(`${path}\n`)
    terminal.say(`${options.dryRun ? 'Would be renamed' : 'Renamed'} in ${count(uses.length)}.`)
  }
  return EXIT.success
}

/** `logidata uses FILE NODE COLUMN` */
export async function uses(column: Column, options: PipelineOptions, context: CommandContext): Promise<number> {
  const pipeline = await readPipelineArgument(column.file)
  if (!isWhole(pipeline)) return reportInvalid(pipeline, pipeline.problems, options, context.terminal)
  // What would have to change for a name that nobody has, is what uses the column.
  const found = await think(pipeline, column, `${column.column} (renamed)`, options, context)
  const below = found.uses.filter(({ nodeId }) => nodeId !== found.added)
  if (options.json) {
    const places = below.map(({ after: _after, before, ...use }) => ({ ...use, text: before }))
    printJson(context.terminal, { uses: places, lookAt: found.lookAt })
  } else {
    for (const { nodeId, part, field, before } of below)
      context.terminal.out.write(`${nodeId}  ${[part, ...field].join('.')}: ${before}\n`)
    for (const { nodeId, field, message } of found.lookAt)
      context.terminal.out.write(`${nodeId}  ${['config', ...field].join('.')}  ? ${message}\n`)
    context.terminal.say(`Used in ${count(below.length)}.`)
  }
  return EXIT.success
}

const count = (places: number): string => `${places} ${places === 1 ? 'place' : 'places'}`
const isWhole = (pipeline: PipelineArgument): pipeline is Read => pipeline.document !== undefined && pipeline.complete

async function think(
  { document }: Read,
  { file, node, column }: Column,
  to: string,
  options: PipelineOptions,
  context: CommandContext,
): Promise<ColumnRename> {
  if (!REFERENCE.test(node))
    throw userError('usage.node', `“${node}” is no node.`, { hint: 'Write node, or node.port.' })
  const { client } = await context.engine()
  const request = { ...pipelineRequest(file, document, options), ...parseReference(node), column, to }
  return client.call('renameColumn', request, { signal: context.signal })
}

function print({ uses: found, lookAt, added }: ColumnRename, { terminal }: CommandContext): void {
  if (added !== undefined) terminal.out.write(`${added}  new step\n`)
  for (const { nodeId, part, field, before, after } of found)
    terminal.out.write(`${nodeId}  ${[part, ...field].join('.')}: ${before} → ${after}\n`)
  for (const { nodeId, field, message } of lookAt)
    terminal.out.write(`${nodeId}  ${['config', ...field].join('.')}  ? to look at: ${message}\n`)
}
