import { realpath } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { ConnectedProjects } from '../../main/connections/connected-projects.ts'
import { defaultDataDirectory } from '../../main/data-directory.ts'
import { listConnections } from '../../main/handlers/connections.ts'
import { userError } from '../../shared/errors.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { nearestProject } from '../project-root.ts'
import { formatTable } from '../table.ts'

interface ConnectionsOptions {
  readonly project?: string
  readonly environment?: string
  readonly json?: boolean
}

/** `logidata connections list` */
export async function listAll(options: ConnectionsOptions, context: CommandContext): Promise<number> {
  const { projects, root } = await open(options, context)
  const state = await listConnections(await projects.of(root), projects, root)
  const { terminal } = context
  if (options.json) {
    printJson(terminal, state)
    return EXIT.success
  }
  for (const { message } of state.problems) terminal.say(message)
  if (state.connections.length === 0) terminal.say('There are no connections.')
  else {
    const heads = ['NAME', 'TYPE', 'LEADS TO', 'SECRETS'].map((title) => ({ title }))
    const rows = state.connections.map(({ name, type, settings, secrets }) => [
      name,
      type,
      [settings.host, settings.database].filter((part) => typeof part === 'string').join('/'),
      (secrets ?? []).map((secret) => `${secret.name}: ${secret.state}`).join(', '),
    ])
    terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  }
  if (state.store.locked) terminal.say('The vault is locked: set LOGIDATA_VAULT_PASSPHRASE.')
  return EXIT.success
}

/** `logidata connections kinds` */
export async function listKinds(options: ConnectionsOptions, context: CommandContext): Promise<number> {
  const { client } = await context.engine()
  const kinds = await client.call('connectors', {})
  if (options.json) printJson(context.terminal, { kinds })
  else {
    const { terminal } = context
    const heads = ['KIND', 'TITLE', 'SECRETS'].map((title) => ({ title }))
    const rows = kinds.map(({ type, summary, secrets }) => [
      type,
      summary.en,
      secrets.map(({ name }) => name).join(', '),
    ])
    terminal.out.write(formatTable(heads, rows, { style: terminal.style, width: terminal.width, longest: 80 }))
  }
  return EXIT.success
}

/** `logidata connections test NAME` */
export async function test(name: string, options: ConnectionsOptions, context: CommandContext): Promise<number> {
  const { projects, root } = await open(options, context)
  const connections = await projects.of(root)
  const connection = await connections.one(name, await connections.named(name))
  const diagnosis = await projects.engine.client.call(
    'testConnection',
    { projectRoot: root, connection },
    { signal: context.signal },
  )
  const { terminal } = context
  if (options.json) printJson(terminal, diagnosis)
  else {
    for (const { step, ok, message, hint, milliseconds } of diagnosis.steps) {
      const mark = ok ? terminal.style.green('ok    ') : terminal.style.red('failed')
      terminal.out.write(`${mark} ${step}: ${message} (${Math.round(milliseconds)} ms)\n`)
      if (hint !== undefined) terminal.out.write(`       ${hint}\n`)
    }
    if (diagnosis.server !== undefined) terminal.say(diagnosis.server)
  }
  return diagnosis.ok ? EXIT.success : EXIT.failed
}

/** `logidata connections set-secret NAME SECRET` */
export async function setSecret(
  name: string,
  secret: string,
  options: ConnectionsOptions,
  context: CommandContext,
): Promise<number> {
  const { projects, root } = await open(options, context)
  const connections = await projects.of(root)
  const { type } = await connections.named(name)
  const known = (await connections.connector(type))?.secrets.map((field) => field.name) ?? []
  if (!known.includes(secret))
    throw userError('secret.unknown', `A connection of type ${type} has no secret “${secret}”.`, {
      hint: `It has: ${known.join(', ') || 'none'}.`,
    })
  // A line that was typed, or a file, ends with a line end that is no part of it.
  const value = (await textOf(process.stdin)).replace(/\r?\n$/, '')
  if (value === '') throw userError('secret.empty', 'Standard input held no secret.', { hint: 'Pipe it in.' })
  await connections.setSecret(name, secret, value)
  if (options.json) printJson(context.terminal, { stored: true })
  else context.terminal.say(`The secret “${secret}” of “${name}” is stored.`)
  return EXIT.success
}

async function open(options: ConnectionsOptions, context: CommandContext) {
  const root = await realpath(options.project ?? nearestProject(process.cwd()) ?? process.cwd())
  const projects = new ConnectedProjects({
    engine: await context.engine(),
    dataDirectory: defaultDataDirectory(),
    environment: process.env,
    inEnvironment: options.environment ?? process.env.LOGIDATA_ENVIRONMENT,
  })
  return { projects, root }
}
