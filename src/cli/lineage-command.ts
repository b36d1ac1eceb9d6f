import { type Command, Option } from 'commander'
import type { CommandContext } from './context.ts'

const collect = (value: string, before: readonly string[]) => [...before, value]

const EXAMPLES = `
Examples:
  $ logidata lineage
  $ logidata lineage sales.pipeline.yaml --column by_country.revenue --upstream
  $ logidata lineage --column data/invoices.csv:total --downstream
  $ logidata lineage --format openlineage > jobs.ndjson`

/** Options of `logidata lineage`. */
export function addLineageCommand(command: Command, context: CommandContext, finish: (code: number) => void): void {
  command
    .argument('[pipeline]', 'pipeline file; none: the whole project')
    .option('--project <dir>', 'project folder; none: the nearest folder above that holds pipelines/')
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
    .option('--env <name>', 'let the pipelines read this variable as ${env:NAME}; may be repeated', collect, [])
    .option('--column <name>', 'node.column, node.port.column, FILE:column, or a node or file as a whole')
    .option('--upstream', 'only where it comes from')
    .option('--downstream', 'only what depends on it')
    .addOption(
      new Option('--format <format>', 'how it is printed')
        .choices(['text', 'json', 'openlineage', 'mermaid', 'dot'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => {
      finish(await (await import('./commands/lineage.ts')).lineage(file, options, context))
    })
}
