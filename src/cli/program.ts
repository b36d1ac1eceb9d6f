import { Command, type CommanderError, InvalidArgumentError, Option } from 'commander'
import { userError } from '../shared/errors.ts'
import { addConnectionsCommands } from './connections-commands.ts'
import type { CommandContext } from './context.ts'
import { addLineageCommand } from './lineage-command.ts'
import { addRenameCommands } from './rename-commands.ts'
import { addRunsCommands } from './runs-commands.ts'
import { addStorageCommands } from './storage-commands.ts'

const collect = (value: string, before: readonly string[]) => [...before, value]

const EXIT_CODES = `
Exit codes:
  0    success
  1    the pipeline is invalid, or its run failed
  2    wrong use: an unknown option, a file or node that is not there
  130  cancelled (Ctrl-C)`

const exampleText = (...lines: readonly string[]) =>
  `\nExamples:\n${lines.map((line) => `  $ logidata ${line}`).join('\n')}\n`

/** All commands. `finish` gets the exit code of the one that ran. */
export function createProgram(context: CommandContext, version: string, finish: (code: number) => void): Command {
  const program = new Command('logidata')
    .description('Validate, preview and run data pipelines without the window.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this text')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(add --help for how it is used)')
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
    .addHelpText(
      'after',
      exampleText(
        'validate pipelines/sales.pipeline.yaml',
        'run pipelines/sales.pipeline.yaml --parameter since=2024-01-01',
        'preview pipelines/sales.pipeline.yaml by_country',
      ),
    )

  const command = (name: string, description: string) =>
    program.command(name).description(description).helpOption('--help', 'print this text').exitOverride()

  const withJson = (one: Command) => one.option('--json', 'print the result, or the error, as JSON')
  const withPipeline = (one: Command) =>
    withJson(one)
      .addOption(
        new Option('--project <dir>', 'project folder; nothing outside it is read or written').default(
          undefined,
          'the nearest folder above the file that holds pipelines/',
        ),
      )
      .option('--parameter <name=value>', 'give a parameter; may be repeated', collect, [])
      .option('--environment <name>', 'use the settings that connections have for this environment')
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
      .option('--env <name>', 'let the pipeline read this variable as ${env:NAME}; may be repeated', collect, [])

  withPipeline(command('validate', 'Check pipelines without running them; problems as file:line:column: message.'))
    .argument('[file...]', 'pipeline files; none: all of the project')
    .addHelpText('after', exampleText('validate', 'validate pipelines/sales.pipeline.yaml --json'))
    .addHelpText(
      'after',
      '\n--json prints {valid, problems: [{file, line, column, severity, code, message, hint, nodeId, field}]}.',
    )
    .action(async (files, options) => {
      finish(await (await import('./commands/validate.ts')).validate(files, options, context))
    })

  withPipeline(command('preview', 'Print the first rows of one node; nothing is written.'))
    .argument('<file>', 'pipeline file')
    .argument('<node>', 'node, or node.port')
    .option('--limit <rows>', 'rows to print, 1 to 10000', parseLimit, 20)
    .addHelpText(
      'after',
      exampleText('preview sales.pipeline.yaml by_country', 'preview sales.pipeline.yaml recent.rest --limit 5'),
    )
    .addHelpText(
      'after',
      '\n--json prints {columns: [{name, type}], rows: [[text or null]], exactness, totalRows, more, milliseconds}.',
    )
    .action(async (file, node, options) => {
      finish(await (await import('./commands/preview.ts')).preview(file, node, options, context))
    })

  withPipeline(command('run', 'Run a pipeline: all its loads, and what they need.'))
    .argument('<file>', 'pipeline file')
    .option('--only <node>', 'only the loads at or above this node; may be repeated', collect, [])
    .option('--from <node>', 'from this node on; what is above is taken as it is staged; may be repeated', collect, [])
    .option('--to <node>', 'up to this node, without loads below; may be repeated', collect, [])
    .option('--now <time>', 'stop the clock of all steps at this time, such as 2024-06-30 or 2024-06-30T12:00:00Z')
    .option('--offline', 'do not ask sources over connections: take the rows that an earlier run read')
    .option('--no-pushdown', 'ask sources for all rows: leave none of the filters to them')
    .option('--dry-run', 'write nothing: say what each load would do to its target')
    .option('--key <text>', 'run once per key: the same key again reports the run that it started first')
    .addHelpText(
      'after',
      exampleText(
        'run sales.pipeline.yaml',
        'run sales.pipeline.yaml --parameter since=2024-01-01 --json',
        'run sales.pipeline.yaml --from by_country --to top_ten',
      ),
    )
    .addHelpText(
      'after',
      '\nWhere a studio has the project open, it runs the pipeline in its queue, and the command follows it.\n\n--json prints {runId, state, milliseconds, error, nodes: {id: {state, rows: {port: n}, milliseconds, written, error}}}.',
    )
    .action(async (file, options) => {
      finish(await (await import('./commands/run.ts')).run(file, options, context))
    })

  addRunsCommands(
    command('runs', 'The history of a project: list runs, show, compare, resume; logs and rejected rows.'),
    context,
    finish,
  )
  addStorageCommands(command, context, finish)
  addConnectionsCommands(command('connections', 'The systems that a project is connected to.'), context, finish)
  withJson(command('test', 'Run tests of pipelines: tests/NAME.test.yaml. Nothing of a pipeline is written.'))
    .argument('[file...]', 'test files; none: all of the project')
    .option('--filter <text>', 'only cases whose file or name holds this text')
    .option('--junit <file>', 'write a report for build servers, as JUnit does')
    .option('--update', 'show what came otherwise, and write it into the tests as expected')
    .option('--limit <rows>', 'rows of a difference to show, 1 to 10000', parseLimit, 20)
    .option('--project <dir>', 'project folder; none: the nearest folder above that holds pipelines/')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    .option('--env <name>', 'let pipelines read this variable as ${env:NAME}; may be repeated', collect, [])
    .addHelpText(
      'after',
      exampleText('test', 'test tests/revenue.test.yaml --filter "small countries"', 'test --junit report.xml'),
    )
    .addHelpText(
      'after',
      '\n--json prints {passed, failed, milliseconds, files: [{path, problems, cases: [{name, state, milliseconds, error, expectations}]}]}.',
    )
    .action(async (files, options) => {
      finish(await (await import('./commands/test.ts')).test(files, options, context))
    })

  withPipeline(command('diff', 'Compare what two versions of a pipeline give, over the same inputs.'))
    .argument('<old>', 'pipeline file')
    .argument('<new>', 'pipeline file')
    .requiredOption('--node <node>', 'node, or node.port, of both')
    .option('--old-node <node>', 'node of the old version, where it has another name')
    .option('--key <columns>', 'columns that tell rows apart, with commas between them; none: found in the data')
    .option('--limit <rows>', 'rows to show, 1 to 10000', parseLimit, 20)
    .addHelpText('after', exampleText('diff old.pipeline.yaml new.pipeline.yaml --node by_country --key country'))
    .addHelpText('after', '\nExits with 1 where they differ. --json prints the summary and the rows that differ.')
    .action(async (older, newer, options) => {
      finish(await (await import('./commands/diff.ts')).diff(older, newer, options, context))
    })

  command('daemon', 'Run a project’s schedules without a window, until it is ended.')
    .option('--project <dir>', 'project folder (default: the current one)')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    .option('--env <name>', 'let pipelines read this variable as ${env:NAME}; may be repeated', collect, [])
    .option('--allow-host <host>', 'let webhooks reach this host of your own network; may be repeated', collect, [])
    .addHelpText('after', exampleText('daemon --project ~/projects/sales', 'daemon --env SMTP_PASSWORD'))
    .addHelpText('after', '\nWhat runs when stands in schedules.yaml: docs/schedules.md.')
    .action(async (options) => {
      finish(await (await import('./commands/daemon.ts')).daemon(options, context))
    })

  addLineageCommand(
    command('lineage', 'Where columns come from and what depends on them, across all pipelines of the project.'),
    context,
    finish,
  )

  addRenameCommands((name, description) => withPipeline(command(name, description)), context, finish)

  command('schema', 'Print the JSON Schema of pipeline files, for completion in editors.')
    .addHelpText('after', exampleText('schema > pipeline.schema.json'))
    .option('--test', 'of test files')
    .action(async (options) => {
      finish(await (await import('./commands/schema.ts')).schema(options, context))
    })

  withJson(command('modules', 'List the modules, or print the documentation of one.'))
    .argument('[name]', 'module, such as transform.filter')
    .addHelpText('after', exampleText('modules', 'modules transform.join'))
    .action(async (name, options) => {
      finish(await (await import('./commands/modules.ts')).listModules(name, options, context))
    })

  withJson(command('format', 'Print a pipeline in its canonical form; comments stay.'))
    .argument('<file...>', 'pipeline files')
    .option('--check', 'print nothing but the names of files that differ, and exit with 1 if there are any')
    .option('--write', 'write the files back')
    .addHelpText('after', exampleText('format sales.pipeline.yaml --write', 'format pipelines/*.pipeline.yaml --check'))
    .action(async (files, options) => {
      finish(await (await import('./commands/format.ts')).format(files, options, context))
    })

  return program
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > 10_000)
    throw new InvalidArgumentError('Give a number from 1 to 10000.')
  return limit
}

/** Commander ends help and version by throwing as well. @returns undefined for those */
export function usageErrorOf(thrown: CommanderError) {
  if (thrown.exitCode === 0 || thrown.code === 'commander.help') return undefined
  return userError('usage', thrown.message.replace(/^error: /, ''))
}
