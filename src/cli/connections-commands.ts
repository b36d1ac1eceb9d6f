import type { Command } from 'commander'
import type { CommandContext } from './context.ts'

const NOTE = `
Secrets are kept in the keychain of this computer, or in an encrypted vault where there is none. For programs, the variable
LOGIDATA_SECRET_<CONNECTION>_<SECRET> (LOGIDATA_SECRET_WAREHOUSE_PASSWORD) gives one, and LOGIDATA_VAULT_PASSPHRASE unlocks the vault.`

/** `logidata connections …` */
export function addConnectionsCommands(
  connections: Command,
  context: CommandContext,
  finish: (code: number) => void,
): void {
  const load = () => import('./commands/connections.ts')
  const command = (name: string, description: string) =>
    connections
      .command(name)
      .description(description)
      .helpOption('--help', 'print this text')
      .option('--project <dir>', 'project folder; none: the nearest folder above that holds pipelines/')
      .option('--environment <name>', 'use the settings that connections have for this environment')
      .option('--json', 'print the result, or the error, as JSON')
      .exitOverride()
  connections.exitOverride().addHelpText('after', NOTE)
  command('list', 'Print the connections of the project, and which secrets are stored.').action(async (options) => {
    finish(await (await load()).listAll(options, context))
  })
  command('kinds', 'Print the kinds of systems that connections lead to.').action(async (options) => {
    finish(await (await load()).listKinds(options, context))
  })
  command('test', 'Connect step by step, and say what is in the way.')
    .argument('<name>', 'connection')
    .action(async (name, options) => {
      finish(await (await load()).test(name, options, context))
    })
  command('set-secret', 'Store a secret of a connection; it is read from standard input.')
    .argument('<name>', 'connection')
    .argument('<secret>', 'such as password')
    .addHelpText('after', '\nFor example:\n  $ logidata connections set-secret warehouse password < password.txt')
    .action(async (name, secret, options) => {
      finish(await (await load()).setSecret(name, secret, options, context))
    })
}
