import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LogiDataError, operationalError } from '../../shared/errors.ts'
import { channelTransport } from '../../shared/rpc/channel-transport.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { CallNames, InputOf, OutputOf, RpcClient, StreamNames } from '../../shared/rpc/contract.ts'
import { type EngineContract, engineContract } from '../../shared/rpc/engine-contract.ts'

export interface EngineOptions {
  /** What is written to the engine's standard error goes here, line by line; absent: to ours. */
  readonly onLog?: (line: string) => void
  /** `800MB`, `4GB`; absent: LOGIDATA_MEMORY_LIMIT, else a share of the machine's memory. */
  readonly memoryLimit?: string
  /** Start with the first call instead of now. */
  readonly lazy?: boolean
  /** What the process runs; absent: the engine. */
  readonly entry?: string
  /** How long no call is tried after too many crashes. */
  readonly giveUpMilliseconds?: number
}

export interface EngineStatus {
  readonly state: 'ready' | 'starting' | 'restarting'
  readonly restarts: number
  /** Of the engine process, while there is one. */
  readonly processId: number | undefined
}

export interface Engine {
  /** Stays the same when the process is replaced. A crash fails what it interrupts with `engine.crashed`, but for reads, which are asked again; the next calls work. */
  readonly client: RpcClient<EngineContract>
  status(): EngineStatus
  /** Every line that the process writes to its standard error. @returns ends it */
  onLine(listener: (line: string) => void): () => void
  /** Cancels what runs and ends the process. */
  close(): Promise<void>
}

/** Only these reach the engine: a query must find no secret in its environment. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'LANG',
  'LC_ALL',
  'LOGIDATA_MEMORY_LIMIT',
  'NODE_COMPILE_CACHE',
  // Who the AWS tools of this computer are: asked for by connections only that say so.
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_ROLE_SESSION_NAME',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
  'AWS_ENDPOINT_URL_STS',
]
/** So many crashes within this time, and it stays down until the next call after a pause. */
const CRASHES_AT_MOST = 5
const CRASHES_WITHIN_MS = 60_000
const GIVE_UP_MS = 10_000
/** What only reads is asked for again, without a word, when the engine died under it; one that kills it each time is told so. */
const READS_AGAIN = 2
const CLOSE_MS = 6_000
const ENGINE_PROCESS = fileURLToPath(new URL('../../workers/engine-process.ts', import.meta.url))

interface Running {
  readonly child: ChildProcess
  readonly client: RpcClient<EngineContract>
}

/** Starts the engine process and keeps one alive, with a pause that grows while it keeps crashing. */
export function startEngine(options: EngineOptions = {}): Engine {
  const entry = options.entry ?? ENGINE_PROCESS
  const giveUpMs = options.giveUpMilliseconds ?? GIVE_UP_MS
  const listeners = new Set<(line: string) => void>()
  let running: Running | undefined
  let answered = false
  let closed = false
  let restarts = 0
  let crashes: number[] = []
  let restart: NodeJS.Timeout | undefined

  function start(): Running {
    clearTimeout(restart)
    restart = undefined
    const child = fork(entry, [], {
      env: environment(options),
      // No debugger port of ours, and nothing that would load code into it. Each of its three threads keeps three times so many megabytes
      // for what has just been made; 16, which V8 takes, made the engine 75 MB larger and nothing quicker.
      execArgv: ['--max-semi-space-size=4'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Cells, columns and events are JSON already; `advanced` would only cost.
      serialization: 'json',
    })
    const transport = channelTransport(child)
    const client = createClient(engineContract, transport)
    const started: Running = { child, client }
    running = started
    answered = false
    const log = options.onLog ?? ((line) => process.stderr.write(`${line}\n`))
    readLines(child, (line) => {
      log(line)
      for (const listener of listeners) listener(line)
    })
    // The channel goes first; a call between that and the exit must already find the next process.
    transport.onClose(() => ended(started))
    child.on('error', () => ended(started))
    child.on('exit', () => ended(started))
    client.call('status', {}).then(
      () => {
        if (running === started) answered = true
      },
      () => undefined,
    )
    return started
  }

  function ended(which: Running): void {
    if (running !== which) return
    running = undefined
    which.client.close()
    if (closed) return
    restarts++
    const now = Date.now()
    crashes = [...crashes.filter((at) => now - at < CRASHES_WITHIN_MS), now]
    if (crashes.length > CRASHES_AT_MOST) return
    // At once the first time, then 100, 200, 400 ms: a process that dies at its start must not keep a core busy.
    const pause = crashes.length === 1 ? 0 : 50 * 2 ** (crashes.length - 1)
    restart = setTimeout(start, pause)
  }

  function current(): Running {
    if (closed)
      throw operationalError('engine.closed', 'The engine was closed.', { hint: 'Start the application again.' })
    if (running) return running
    const last = crashes.at(-1) ?? 0
    if (crashes.length > CRASHES_AT_MOST && Date.now() - last < giveUpMs)
      throw operationalError('engine.unavailable', 'The engine has stopped several times within a minute.', {
        hint: 'Wait ten seconds and try again; if it stays, lower LOGIDATA_MEMORY_LIMIT or look at the log.',
      })
    return start()
  }

  const explain = (thrown: unknown): unknown => {
    if (!isLost(thrown)) return thrown
    if (closed)
      return operationalError('engine.closed', 'The engine was closed.', { hint: 'Start the application again.' })
    return operationalError('engine.crashed', 'The engine stopped unexpectedly and was started again.', {
      hint: 'Try again. If it stops again, the query probably needs more memory than there is: filter earlier, or lower LOGIDATA_MEMORY_LIMIT.',
    })
  }

  const client: RpcClient<EngineContract> = {
    async call<N extends CallNames<EngineContract>>(
      name: N,
      input: InputOf<EngineContract[N]>,
      callOptions?: { signal?: AbortSignal },
    ): Promise<OutputOf<EngineContract[N]>> {
      for (let again = engineContract[name].access === 'read' ? READS_AGAIN : 0; ; again--) {
        try {
          return await current().client.call(name, input, callOptions)
        } catch (thrown) {
          if (again === 0 || closed || callOptions?.signal?.aborted || !isLost(thrown)) throw explain(thrown)
        }
      }
    },
    async *stream<N extends StreamNames<EngineContract>>(
      name: N,
      input: InputOf<EngineContract[N]>,
      streamOptions?: { signal?: AbortSignal },
    ) {
      try {
        yield* current().client.stream(name, input, streamOptions)
      } catch (thrown) {
        throw explain(thrown)
      }
    },
    close: () => void close(),
  }

  async function close(): Promise<void> {
    if (closed) return
    closed = true
    clearTimeout(restart)
    const last = running
    if (!last) return
    const gone = new Promise<void>((resolve) => last.child.once('exit', () => resolve()))
    if (last.child.exitCode !== null || last.child.signalCode !== null) return
    // The process ends by itself once its channel closes, after its queries let go.
    last.client.close()
    const force = setTimeout(() => last.child.kill('SIGKILL'), CLOSE_MS)
    await gone
    clearTimeout(force)
  }

  if (!options.lazy) start()
  return {
    client,
    status: () => ({
      state: answered && running ? 'ready' : restarts > 0 ? 'restarting' : 'starting',
      restarts,
      processId: running?.child.pid,
    }),
    onLine(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close,
  }
}

const isLost = (thrown: unknown): boolean => thrown instanceof LogiDataError && thrown.info.code === 'rpc.disconnected'

function environment(options: EngineOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const name of PASSED_ON) if (process.env[name] !== undefined) env[name] = process.env[name]
  if (options.memoryLimit !== undefined) env.LOGIDATA_MEMORY_LIMIT = options.memoryLimit
  env.TZ = 'UTC'
  // Loading the modules takes most of the start; compiled once, it takes a third. In the person's own folder: what lies
  // in a shared one, others could have written.
  env.NODE_COMPILE_CACHE =
    process.env.NODE_COMPILE_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'logidata', 'compiled')
  // A running query holds one of libuv's threads, of which there are 4 by default, and opening files needs some too.
  env.UV_THREADPOOL_SIZE = String(Math.max(16, availableParallelism() * 2))
  // Of glibc: with an arena for each thread, what a run gave back stayed with the process: 70 MB of 500. The threshold is fixed, since one that
  // adapts itself keeps large pieces among the small ones; with 64 kB a query took up to 1.2 times as long, for the pages that each piece asks for.
  env.MALLOC_ARENA_MAX = '2'
  env.MALLOC_MMAP_THRESHOLD_ = String(4 * 1024 * 1024)
  return env
}

function readLines(child: ChildProcess, onLog: (line: string) => void): void {
  let rest = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) onLog(line)
  })
}
