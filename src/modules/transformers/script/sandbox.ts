import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { cancelledError, type LogiDataError, userError } from '../../../shared/errors.ts'
import type { SandboxAnswer, SandboxOptions, SandboxRequest, SandboxResult } from './sandbox-protocol.ts'

/** QuickJS looks at its clock now and then; a built-in that runs long (a huge repeat) is ended from outside, this much later. */
const GRACE_MS = 2_000
const START_MS = 20_000

const resultSchema = z.array(
  z.union([z.object({ rows: z.array(z.array(z.string().nullable())) }), z.object({ error: z.string() })]),
)

/** A script in a thread of its own. */
export class Sandbox {
  readonly #worker: Worker
  readonly #options: SandboxOptions
  readonly #signal: AbortSignal

  private constructor(options: SandboxOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#worker = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
      workerData: options,
      env: {},
      // The script's own limit is QuickJS's; this is for what is around it.
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    // A crash between two questions shows at the next one, which nobody answers.
    this.#worker.on('error', () => undefined)
  }

  /** @throws LogiDataError `script.syntax`, `script.timeout`, `cancelled` */
  static async open(options: SandboxOptions, signal: AbortSignal): Promise<Sandbox> {
    const sandbox = new Sandbox(options, signal)
    try {
      await sandbox.#answer(undefined, START_MS + options.seconds * 1000)
      return sandbox
    } catch (thrown) {
      await sandbox.close()
      throw thrown
    }
  }

  /** @throws LogiDataError `script.timeout`, `script.memory`, `script.failed`, `cancelled` */
  async run(request: SandboxRequest): Promise<SandboxResult> {
    const answer = await this.#answer(request, this.#options.seconds * 1000 + GRACE_MS)
    if (answer.kind !== 'result') throw new TypeError('the sandbox did not answer')
    const parsed = resultSchema.safeParse(parseJson(answer.result))
    if (!parsed.success)
      throw userError('script.failed', 'The script replaced what hands its results on.', {
        field: ['code'],
        hint: 'Names that begin with __ are not for scripts.',
      })
    // What a row may catch is no failure of that row alone: the memory stays full.
    if (parsed.data.some((each) => 'error' in each && each.error.startsWith('InternalError: out of memory')))
      throw failureOf({ reason: 'memory', message: '' }, this.#options)
    return parsed.data as SandboxResult
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #answer(request: SandboxRequest | undefined, limit: number): Promise<SandboxAnswer> {
    const signal = this.#signal
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        this.#worker.off('message', told)
        this.#worker.off('error', crashed)
        settle()
      }
      const abort = (): void => end(() => reject(cancelledError()))
      const told = (answer: SandboxAnswer): void =>
        end(() => (answer.kind === 'failed' ? reject(failureOf(answer, this.#options)) : resolve(answer)))
      const crashed = (error: Error): void =>
        end(() => reject(failureOf({ reason: 'memory', message: error.message }, this.#options)))
      const timer = setTimeout(() => end(() => reject(tooSlow(this.#options.seconds))), limit)
      signal.addEventListener('abort', abort, { once: true })
      this.#worker.on('message', told)
      this.#worker.on('error', crashed)
      if (signal.aborted) abort()
      else if (request) this.#worker.postMessage(request)
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const tooSlow = (seconds: number): LogiDataError =>
  userError('script.timeout', `The script took more than ${seconds} seconds.`, {
    field: ['code'],
    hint: 'Look for a loop that never ends, or raise its time limit.',
  })

function failureOf(answer: { reason: string; message: string }, options: SandboxOptions): LogiDataError {
  switch (answer.reason) {
    case 'time':
      return tooSlow(options.seconds)
    case 'memory':
      return userError('script.memory', `The script needs more than ${Math.round(options.memoryBytes / 2 ** 20)} MB.`, {
        field: ['code'],
        hint: 'Keep less between the rows, take fewer rows at once, or raise its memory limit.',
      })
    case 'syntax':
      return userError('script.syntax', `The script cannot be read: ${answer.message}.`, { field: ['code'] })
    default:
      return userError('script.failed', `The script failed: ${answer.message}.`, { field: ['code'] })
  }
}
