import { type Command, Option } from 'commander'
import type { CommandContext } from './context.ts'

/** `logidata cursors …`, `logidata storage` and `logidata clean` */
export function addStorageCommands(
  command: (name: string, description: string) => Command,
  context: CommandContext,
  finish: (code: number) => void,
): void {
  const ofProject = (one: Command) =>
    one
      .exitOverride()
      .addOption(
        new Option('--project <dir>', 'project folder').default(undefined, 'the nearest folder that holds pipelines/'),
      )
      .option('--json', 'print the result, or the error, as JSON')

  const cursors = command('cursors', 'Where incremental extracts go on: list them, or read everything again.')
  const under = (name: string, description: string) =>
    ofProject(cursors.command(name).description(description).helpOption('--help', 'print this text'))
  under('list', 'Print where extracts go on in the next run; also while a studio has the project open.')
    .argument('[pipeline]', 'pipeline file; none: all of them')
    .action(async (pipeline, options) => {
      finish(await (await import('./commands/cursors.ts')).listCursors(pipeline, options, context))
    })
  under('reset', 'Forget it: the next run reads everything again. What was loaded stays.')
    .argument('<pipeline>', 'pipeline file')
    .argument('[node]', 'one extract; none: all of the pipeline')
    .action(async (pipeline, node, options) => {
      finish(await (await import('./commands/cursors.ts')).resetCursors(pipeline, node, options, context))
    })

  ofProject(command('storage', 'Print what the project keeps of its runs, and what that takes on the disk.')).action(
    async (options) => {
      finish(await (await import('./commands/storage.ts')).storage(options, context))
    },
  )
  ofProject(
    command('clean', 'Remove what is not kept any longer; nothing of a run that goes, waits or can be resumed.'),
  )
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', '\nHow long what is kept stands in .logidata/settings.json: docs/runs.md.')
    .action(async (options) => {
      finish(await (await import('./commands/storage.ts')).clean(options, context))
    })
}
