import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

const EXAMPLES = `
Examples:
  $ logidata rename sales.pipeline.yaml by_country revenue net_revenue --dry-run
  $ logidata rename sales.pipeline.yaml invoices.reject Total total`

/** `logidata rename` and `logidata uses`. */
export function addRenameCommands(
  add: (name: string, description: string) => Command,
  context: CommandContext,
  finish: (code: number) => void,
): void {
  add('rename', 'Rename a column of a node, with every use below it, in checks and in tests.')
    .argument('<file>', 'pipeline file')
    .argument('<node>', 'node, or node.port')
    .argument('<column>', 'its name now')
    .argument('<name>', 'its new name')
    .option('--dry-run', 'say what would change; write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (file, node, column, to, options) => {
      finish(await (await import('./commands/rename.ts')).rename({ file, node, column, to }, options, context))
    })
  add('uses', 'Print the places below that use a column of a node, under whatever name.')
    .argument('<file>', 'pipeline file')
    .argument('<node>', 'node, or node.port')
    .argument('<column>', 'its name')
    .action(async (file, node, column, options) => {
      finish(await (await import('./commands/rename.ts')).uses({ file, node, column }, options, context))
    })
}
