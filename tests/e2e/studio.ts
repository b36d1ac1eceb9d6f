import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { chromiumPath } from '../../scripts/chromium.mjs'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const START_TIMEOUT = 60_000

export interface Studio {
  /** With its one-time token. */
  readonly url: string
  /** Where the application keeps what is the person's: a fresh folder unless one was given. */
  readonly dataDirectory: string
  /** Everything it printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Starts the application as a person does, `npm start`, on a port of its own. */
export async function startStudio(options: { dataDirectory?: string; project?: string } = {}): Promise<Studio> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'logidata-e2e-'))
  const child = spawn(
    'npm',
    ['start', '--silent', '--', '--browser', '--no-open', '--port', '0', ...(options.project ? [options.project] : [])],
    {
      cwd: repository,
      env: { ...process.env, LOGIDATA_HOME: dataDirectory },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  let text = ''
  const stop = async () => {
    await endGroup(child)
    if (!options.dataDirectory) rmSync(dataDirectory, { recursive: true, force: true })
  }
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string) => void stop().then(() => reject(new Error(`npm start ${reason}:\n${text}`)))
    const timer = setTimeout(() => fail('printed no address in time'), START_TIMEOUT)
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      const address = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(text)?.[0]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
  })
  child.removeAllListeners('exit')
  return { url, dataDirectory, output: () => text, stop }
}

/** Ends the process and what it started: npm, the application, the engine. */
function endGroup(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const { pid } = child
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
    const force = setTimeout(() => process.kill(-pid, 'SIGKILL'), 5_000)
    child.once('exit', () => {
      clearTimeout(force)
      resolve()
    })
    process.kill(-pid, 'SIGTERM')
  })
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A window of its own, with its own cookies, and English whatever the machine speaks. */
export function openContext(browser: Browser, theme: 'light' | 'dark' = 'light'): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: theme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  })
}
