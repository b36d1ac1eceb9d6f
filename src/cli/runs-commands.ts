import { type Command, InvalidArgumentError, Option } from 'commander'
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
    .option('--limit <runs>', 'how many, 1 to 500', parseLimit, 20)
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
    .action(async (runId, options) => {
      finish(await (await import('./commands/runs.ts')).resumeRun(runId, options, context))
    })
}

const collect = (value: string, before: readonly string[]) => [...before, value]

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > 500) throw new InvalidArgumentError('Give a number from 1 to 500.')
  return limit
}
