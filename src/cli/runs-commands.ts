import { type Command, InvalidArgumentError, Option } from 'commander'
import { logLevelSchema } from '../shared/runs/log-line.ts'
import type { CommandContext } from './context.ts'

/** `logidata runs …` */
export function addRunsCommands(runs: Command, context: CommandContext, finish: (code: number) => void): void {
  const command = (name: string, description: string) =>
    runs
      .command(name)
      .description(description)
      .helpOption('--help', 'print this text')
      .exitOverride()
      .addOption(
        new Option('--project <dir>', 'project folder').default(undefined, 'the nearest folder that holds pipelines/'),
      )
      .option('--json', 'print the result, or the error, as JSON')

  command('list', 'Print the runs, newest first; also while a studio has the project open.')
    .option('--limit <runs>', 'how many, 1 to 500', parseCount(1, 500), 20)
    .addOption(
      new Option('--state <state>', 'only those in this state').choices([
        'queued',
        'running',
        'succeeded',
        'failed',
        'cancelled',
        'interrupted',
      ]),
    )
    .option('--pipeline <file>', 'only those of this pipeline, relative to the project')
    .action(async (options) => {
      finish(await (await import('./commands/runs.ts')).listRuns(options, context))
    })

  command('show', 'Print a run: its attempts, and what became of its nodes.')
    .argument('<run>', 'the run’s id')
    .action(async (runId, options) => {
      finish(await (await import('./commands/runs.ts')).showRun(runId, options, context))
    })

  command('resume', 'Take up a run that failed, was cancelled or interrupted, from its last good stage.')
    .argument('<run>', 'the run’s id')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    .option('--env <name>', 'let the pipeline read this variable as ${env:NAME}; may be repeated', collect, [])
    .option('--parameter <name=value>', 'in place of the value that it was given; may be repeated', collect, [])
    .option('--as-it-was', 'with the pipeline as it was when the run began; else as it is now')
    .action(async (runId, options) => {
      finish(await (await import('./commands/runs.ts')).resumeRun(runId, options, context))
    })

  command('logs', 'Print what was written of a run.')
    .argument('<run>', 'the run’s id')
    .option('--follow', 'go on with what is written, until the run has ended')
    .addOption(
      new Option('--level <level>', 'only this level and graver ones').choices(logLevelSchema.options).default('info'),
    )
    .option('--contains <text>', 'only lines with this text')
    .option('--limit <lines>', 'the newest so many, 1 to 10000', parseCount(1, 10_000), 1000)
    .addHelpText('after', '\nWith --follow, --json prints a line of JSON for each line of the log.')
    .action(async (runId, options) => {
      finish(await (await import('./commands/runs-logs.ts')).runLogs(runId, options, context))
    })

  command('compare', 'Compare a run with an earlier one, node by node, and with what is usual.')
    .argument('<run>', 'the run’s id')
    .argument('[with]', 'the earlier run; none: the last one of the pipeline that succeeded before it')
    .option('--threshold <percent>', 'what differs by more from the median is noted', parseCount(1, 10_000), 50)
    .action(async (runId, other, options) => {
      finish(await (await import('./commands/runs-compare.ts')).compare(runId, other, options, context))
    })

  withPort(command('rejects', 'Print the rows that a node turned down, and which were replayed already.'))
    .option('--limit <rows>', 'rows to print, 1 to 10000', parseCount(1, 10_000), 20)
    .option('--offset <rows>', 'rows to leave out before them', parseCount(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--export <file>', 'write all of them to a file of the project instead: .csv, .xlsx or .parquet')
    .addHelpText(
      'after',
      '\n--json prints {attempt, port, rejected, total, columns, rows, replayed: [{first, last, runId, state}]}; rows count from 0 there.',
    )
    .action(async (runId, node, port, options) => {
      finish(await (await import('./commands/runs-rejects.ts')).rejects(runId, node, port, options, context))
    })

  withPort(command('replay', 'Run the rows that a node turned down again, through the pipeline as it is now.'))
    .option('--again', 'also those that were replayed before: what comes of them is added once more')
    .option('--as-it-was', 'through the pipeline as it was at that run')
    .action(async (runId, node, port, options) => {
      finish(await (await import('./commands/runs-rejects.ts')).replay(runId, node, port, options, context))
    })
}

const withPort = (command: Command) =>
  command
    .argument('<run>', 'the run’s id')
    .argument('<node>', 'node that turned rows down')
    .argument('[port]', 'port that they left by, where there are several')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    .option('--env <name>', 'let the pipeline read this variable as ${env:NAME}; may be repeated', collect, [])

const collect = (value: string, before: readonly string[]) => [...before, value]

const parseCount = (least: number, most: number) => (text: string) => {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < least || count > most)
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`)
  return count
}
