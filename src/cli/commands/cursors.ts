import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { countText } from '../figures.ts'
import { type ProjectOptions, projectFolder, withJournal, withProject } from '../open-project.ts'
import { formatTable } from '../table.ts'

/** `logidata cursors list [PIPELINE]`: where incremental extracts go on in the next run. */
export async function listCursors(
  pipeline: string | undefined,
  options: ProjectOptions,
  { terminal }: CommandContext,
): Promise<number> {
  const path = pipeline === undefined ? undefined : await pipelinePath(pipeline, options)
  const cursors = await withJournal(options, (journal) => journal?.cursorsOf(path) ?? [])
  if (options.json) {
    printJson(terminal, { cursors })
    return EXIT.success
  }
  if (cursors.length === 0) {
    terminal.say('Nothing is remembered: the next run reads everything.')
    return EXIT.success
  }
  const heads = ['PIPELINE', 'NODE', 'GOES ON AFTER', 'SINCE', 'RUN'].map((title) => ({ title }))
  const rows = cursors.map(({ path: file, nodeId, state, at, runId }) => [
    file,
    nodeId,
    JSON.stringify(state),
    at.slice(0, 19).replace('T', ' '),
    runId,
  ])
  terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  return EXIT.success
}

/** `logidata cursors reset PIPELINE [NODE]`: the next run reads everything again. */
export async function resetCursors(
  pipeline: string,
  nodeId: string | undefined,
  options: ProjectOptions,
  context: CommandContext,
): Promise<number> {
  const path = await pipelinePath(pipeline, options)
  const asked = nodeId === undefined ? { path } : { path, nodeId }
  const { forgotten } = await withProject('cursors reset', options, context, ({ call }) => call('cursor.reset', asked))
  const { terminal } = context
  if (options.json) printJson(terminal, { ...asked, forgotten })
  else if (forgotten > 0)
    terminal.say(
      `Forgotten: where ${countText(forgotten, 'node goes', 'nodes go')} on. The next run reads everything again.`,
    )
  else terminal.say(`Nothing was remembered of ${[path, nodeId].filter(Boolean).join(', ')}.`)
  return EXIT.success
}

/** As the journal has it, relative to the project; it may be named from where the person is. */
async function pipelinePath(given: string, options: ProjectOptions): Promise<string> {
  const root = projectFolder(options)
  const fromHere = resolve(given)
  const path = existsSync(fromHere)
    ? relative(await realpath(root), await realpath(fromHere))
    : relative(root, resolve(root, given))
  return path.replaceAll('\\', '/')
}
