import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'

const LARGEST_BYTES = 5_000_000

export interface Log {
  readonly path: string
  /** Keeps what people are not shown: the stack of a bug. Never throws. */
  error(what: string, thrown: unknown): void
  /** A line of the engine process, whose errors nobody else sees. */
  line(text: string): void
}

/** One text file; the one before it is kept once it has grown large. */
export function openLog(dataDirectory: string): Log {
  const path = join(dataDirectory, 'logs', 'logidata.log')
  const write = (text: string) => {
    try {
      mkdirSync(dirname(path), { recursive: true })
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_BYTES) renameSync(path, `${path}.1`)
      appendFileSync(path, `${new Date().toISOString()} ${text}\n`)
    } catch {
      // A log that cannot be written must not become a second failure.
    }
  }
  return {
    path,
    error: (what, thrown) => write(`${what}\n${inspect(thrown)}\n`),
    line: write,
  }
}
