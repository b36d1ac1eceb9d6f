// Processes that outlive the script, and that are still surely ours when it ends them.
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A process by its number and the moment it started: a number alone may be another's by now. */
export interface ProcessId {
  readonly pid: number
  readonly started: string
}

/** Who a process is run as: an account of the system, or undefined for our own. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

export interface Launch {
  readonly program: string
  readonly args: readonly string[]
  readonly log: string
  readonly account?: Account | undefined
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Written to standard input, which is then closed. */
  readonly input?: string | Buffer
  readonly seconds?: number
}

/** The moment a process started, as the system tells it; empty where there is no such process, or it is a zombie. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    // No /proc here (macOS), or no such process.
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return (stdout ?? '').trim()
  }
}

export function identify(pid: number): ProcessId {
  return { pid, started: startOf(pid) }
}

export function isAlive({ pid, started }: ProcessId): boolean {
  return started !== '' && startOf(pid) === started
}

/** Starts a server that stays when this script ends, in a process group of its own. */
export function launch({ program, args, log, account, env, cwd }: Launch): ProcessId {
  const out = openSync(log, 'a')
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', out, out],
      env: { ...process.env, ...env },
      cwd: cwd ?? '/',
      ...(account && { uid: account.uid, gid: account.gid }),
    })
    child.on('error', (error) => appendFileSync(log, `${program}: ${error.message}\n`))
    child.unref()
    if (child.pid === undefined) throw new Error(`${program} did not start; see ${log}`)
    return identify(child.pid)
  } finally {
    closeSync(out)
  }
}

/** Runs a program to its end; what it says goes to the log, and its last lines into the error when it fails. */
export async function run({ program, args, log, account, env, cwd, input, seconds = 60 }: Launch): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    cwd: cwd ?? '/',
    ...(account && { uid: account.uid, gid: account.gid }),
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
  })
  const chunks: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  child.stdin.on('error', () => undefined) // it ended before it read all; its status tells
  child.stdin.end(input)
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, by) => resolve([code, by]))
  })
  const said = Buffer.concat(errors).toString('utf8')
  appendFileSync(log, said)
  if (status !== 0) {
    const why = signal === null ? `ended with ${status}` : `was ended after ${seconds} s`
    const lines = `${said}\n${Buffer.concat(chunks).toString('utf8')}`.trim().split('\n')
    throw new Error(`${program} ${why}: ${lines.slice(-3).join(' | ') || 'it said nothing'} (log: ${log})`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Ends a process and its group: asks first, insists after `seconds`. */
export async function stop(process_: ProcessId, signal: NodeJS.Signals = 'SIGTERM', seconds = 10): Promise<void> {
  const until = Date.now() + seconds * 1000
  if (isAlive(process_)) send(process_.pid, signal)
  while (isAlive(process_) && Date.now() < until) await delay(20)
  if (isAlive(process_)) send(-process_.pid, 'SIGKILL')
  while (isAlive(process_) && Date.now() < until + 5000) await delay(20)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended in between.
  }
}

/** A port of the loopback address that is free now. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject()))
    })
  })
}

/** Whether something takes connections there. */
export async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 })
    const end = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false))
  })
}

/** Waits until `ready` holds; fails at once when the process ends, and after `seconds`. */
export async function until(
  ready: () => Promise<boolean>,
  process_: ProcessId,
  log: string,
  seconds = 30,
): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await ready())) {
    if (!isAlive(process_)) throw new Error(`it ended while it started: ${lastLines(log)} (log: ${log})`)
    if (Date.now() > end) throw new Error(`it did not answer within ${seconds} s: ${lastLines(log)} (log: ${log})`)
    await delay(50)
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' | ') || 'it said nothing'
}
