import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, pino as Pino } from 'pino'
import { type LogFilter, type LogLine, matchesLog } from '../../shared/runs/log-line.ts'
import { readLogs } from './read-logs.ts'
import { logFiles, RotatingFile } from './rotating-file.ts'
import { hideSecrets } from './secrets.ts'

const LARGEST_BYTES = 10_000_000
const KEPT = 4
/** A follower who does not keep up loses the oldest. */
const MOST_WAITING = 10_000

export interface ProjectLogOptions {
  readonly largestBytes?: number
  readonly kept?: number
}

/** A project's log: a JSON object per line in `.logidata/logs`, the run and node that it is about among them. */
export class ProjectLog {
  readonly files: readonly string[]
  readonly #file: RotatingFile
  readonly #logger: Logger
  readonly #followers = new Set<(line: LogLine) => void>()
  /** Values that must not be written, by run. */
  readonly #secrets = new Map<string, readonly string[]>()

  private constructor(projectRoot: string, pino: typeof Pino, options: ProjectLogOptions) {
    const { largestBytes = LARGEST_BYTES, kept = KEPT } = options
    const path = projectLogPath(projectRoot)
    this.files = logFiles(path, kept)
    this.#file = new RotatingFile(path, { largestBytes, kept })
    this.#logger = pino(
      {
        level: 'debug',
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line: string) => this.#file.write(line) },
    )
  }

  static async open(projectRoot: string, options: ProjectLogOptions = {}): Promise<ProjectLog> {
    // Loaded beside what else opens a project: it takes longer than all of it.
    const { pino } = await import('pino')
    return new ProjectLog(projectRoot, pino, options)
  }

  /** Values that no line may hold from now on, until `forget`. */
  hide(runId: string, values: readonly string[]): void {
    this.#secrets.set(runId, values)
  }

  forget(runId: string): void {
    this.#secrets.delete(runId)
  }

  write(line: Omit<LogLine, 'at'>): void {
    const secrets = [...this.#secrets.values()].flat()
    const { level, message, ...about } = line
    const text = hideSecrets(message, secrets)
    this.#logger[level](about, text)
    const whole = { ...line, message: text, at: new Date().toISOString() }
    for (const tell of this.#followers) tell(whole)
  }

  /** What is there, a batch; then, if asked to follow, batches of what comes. */
  async *read(filter: LogFilter, signal: AbortSignal): AsyncGenerator<LogLine[]> {
    let waiting: LogLine[] = []
    let wake = () => {}
    const tell = (line: LogLine) => {
      if (!matchesLog(line, filter)) return
      waiting.push(line)
      if (waiting.length > MOST_WAITING) waiting.shift()
      wake()
    }
    const abort = () => wake()
    const [newest = ''] = this.files
    const end = statSync(newest, { throwIfNoEntry: false })?.size ?? 0
    if (filter.follow) this.#followers.add(tell)
    signal.addEventListener('abort', abort, { once: true })
    try {
      yield await readLogs(this.files, filter, end)
      while (filter.follow && !signal.aborted) {
        if (waiting.length > 0) {
          const batch = waiting
          waiting = []
          yield batch
        } else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      this.#followers.delete(tell)
      signal.removeEventListener('abort', abort)
    }
  }

  close(): void {
    this.#file.close()
  }
}

/** Those of a project, newest first. */
export const projectLogFiles = (projectRoot: string): string[] => logFiles(projectLogPath(projectRoot), KEPT)

export const projectLogPath = (projectRoot: string): string => join(projectRoot, '.logidata', 'logs', 'logidata.ndjson')
