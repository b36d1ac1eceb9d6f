import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { defaultDataDirectory } from '../main/data-directory.ts'
import type { AppEngine } from '../main/engine/app-engine.ts'
import { openLog } from '../main/log.ts'
import type { CommandContext } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { createProgram, usageErrorOf } from './program.ts'
import { reportFailure } from './report-failure.ts'
import { createTerminal } from './terminal.ts'

/** `logidata`. Never throws. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  leaveWithTheReader()
  const log = openLog(defaultDataDirectory())
  const json = args.includes('--json')
  const interrupt = abortOnSignals()
  let starting: Promise<AppEngine> | undefined
  const context: CommandContext = {
    terminal: createTerminal(),
    signal: interrupt,
    engine() {
      starting ??= connectedEngine(log.line, optionIn(args, '--environment'))
      return starting
    },
  }
  let code: number = EXIT.success
  const program = createProgram(context, readVersion(), (given) => {
    code = given
  })
  if (json) for (const one of [program, ...program.commands]) one.configureOutput({ writeErr: () => {} })
  try {
    if (args.length === 0) program.help({ error: true })
    await program.parseAsync([...args], { from: 'user' })
  } catch (thrown) {
    code = report(thrown)
  }
  await starting?.then((engine) => engine.close()).catch((thrown) => log.error('engine.close', thrown))
  return code

  function report(thrown: unknown): number {
    if (!(thrown instanceof CommanderError)) return reportFailure(thrown, log, json)
    const usage = usageErrorOf(thrown)
    if (usage === undefined) return thrown.exitCode === 0 ? EXIT.success : EXIT.usage
    // Commander has told people already.
    return json ? reportFailure(usage, log, true) : EXIT.usage
  }
}

/** An engine whose requests carry the connections of their project. */
async function connectedEngine(onLog: (line: string) => void, inEnvironment: string | undefined): Promise<AppEngine> {
  const [{ startEngine }, { ConnectedProjects }] = await Promise.all([
    import('../main/engine/supervisor.ts'),
    import('../main/connections/connected-projects.ts'),
  ])
  const engine = startEngine({ onLog })
  const dataDirectory = defaultDataDirectory()
  return new ConnectedProjects({ engine, dataDirectory, environment: process.env, inEnvironment }).engine
}

/** Of an option that several commands have, before they are parsed. */
function optionIn(args: readonly string[], option: string): string | undefined {
  const at = args.findIndex((given) => given === option || given.startsWith(`${option}=`))
  return at < 0 ? process.env.LOGIDATA_ENVIRONMENT : (args[at]?.split('=')[1] ?? args[at + 1])
}

/** `logidata … | head`: a reader that has seen enough closes the pipe, and that is no failure. */
function leaveWithTheReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.success)
      throw error
    })
}

/** The first Ctrl-C cancels what runs, and the command then ends by itself; a second one does not wait for that. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.cancelled)
      controller.abort()
    })
  return controller.signal
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
