import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { defaultDataDirectory } from '../../main/data-directory.ts'
import { openLog } from '../../main/log.ts'
import { reportFailure } from '../report-failure.ts'
import { parseStartArguments, START_HELP, type StartArguments } from './arguments.ts'
import { chooseWay } from './electron-way.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const dataDirectory = defaultDataDirectory()
const log = openLog(dataDirectory)
const say = (line: string) => process.stdout.write(`${line}\n`)

/**
 * Starts the studio and stays until it ends. What is not needed for the first screen is imported late.
 * @returns the exit code
 */
export async function start(args: readonly string[]): Promise<number> {
  try {
    return await startAsAsked(parseStartArguments(args))
  } catch (thrown) {
    return reportFailure(thrown, log, false)
  }
}

async function startAsAsked(args: StartArguments): Promise<number> {
  if (args.help) {
    process.stdout.write(START_HELP)
    return 0
  }
  const way = chooseWay(root, args.browser)
  if (way.kind === 'browser') return startInBrowser(args, way.why)
  say('LogiData Studio as a desktop application.')
  return startElectron(way.binary, args)
}

async function startElectron(binary: string, args: StartArguments): Promise<number> {
  const { buildDesktop } = await import('./build-renderer.ts')
  await buildDesktop(root, say)
  const entry = fileURLToPath(new URL('../../../dist/app/main/electron/main.js', import.meta.url))
  const project = args.project === undefined ? [] : [args.project]
  const child = spawn(
    binary,
    [
      entry,
      ...project,
      ...args.grants.flatMap((name) => ['--env', name]),
      ...args.allowedHosts.flatMap((host) => ['--allow-host', host]),
    ],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  return Number(code ?? 0)
}

async function startInBrowser(args: StartArguments, why: string): Promise<number> {
  const stop = untilSignal()
  // The engine's process starts while this one still loads.
  const { startEngine } = await import('../../main/engine/supervisor.ts')
  const engine = startEngine({ onLog: log.line })
  try {
    const [{ createApp }, { startBrowserServer }, { ensureRenderer }] = await Promise.all([
      import('../../main/app.ts'),
      import('../../main/browser/server.ts'),
      import('./build-renderer.ts'),
    ])
    const rendererFolder = await ensureRenderer(root, say)
    const { project, grants, allowedHosts } = args
    const app = await createApp({
      dataDirectory,
      engine,
      grants,
      application: 'LogiData Studio (browser)',
      allowedHosts,
      log: log.line,
      ...(project === undefined ? {} : { projectRoot: project }),
    })
    app.expectWindow()
    try {
      const server = await startBrowserServer({
        handlers: app.handlers,
        rendererFolder,
        port: args.port,
        onNewLink: (url) => say(`The link was used already. A new one:\n  ${url}`),
        rpc: { onBug: (thrown, method) => log.error(method, thrown) },
      })
      say(`LogiData Studio in the browser (${why}). Ctrl-C ends it.\n  ${server.url}`)
      if (args.open) (await import('./open-browser.ts')).openBrowser(server.url)
      await stop
      await server.close()
    } finally {
      await app.close()
    }
  } finally {
    await engine.close()
  }
  return 0
}

/** Resolves at the first signal to end; a second one ends at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const ask = () => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
}
