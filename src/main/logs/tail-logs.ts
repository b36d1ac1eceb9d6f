import { open, stat } from 'node:fs/promises'
import { type LogFilter, type LogLine, matchesLog } from '../../shared/runs/log-line.ts'
import { parseLogLine, readLogs } from './read-logs.ts'

interface Place {
  readonly inode: number
  readonly position: number
}

/** Follows a project's log from another process than the one that writes it. */
export class LogTail {
  readonly #files: readonly string[]
  readonly #filter: LogFilter
  #at: Place | undefined
  /** Of a line whose end is not written yet. */
  #rest = Buffer.alloc(0)

  /** @param files newest first */
  constructor(files: readonly string[], filter: LogFilter) {
    this.#files = files
    this.#filter = filter
  }

  /** What is there. */
  async first(): Promise<LogLine[]> {
    this.#at = await placeOf(this.#files[0])
    return readLogs(this.#files, this.#filter, this.#at?.position ?? 0)
  }

  /** What has come since. */
  async next(): Promise<LogLine[]> {
    const newest = await placeOf(this.#files[0])
    if (!newest) return []
    const lines: LogLine[] = []
    const at = this.#at ?? { inode: newest.inode, position: 0 }
    if (at.inode !== newest.inode) {
      // It was full, and is an older one now.
      for (const path of this.#files.slice(1)) {
        const older = await placeOf(path)
        if (older?.inode === at.inode) lines.push(...(await this.#read(path, at.position, older.position)))
      }
      this.#rest = Buffer.alloc(0)
    }
    const from = at.inode === newest.inode ? at.position : 0
    lines.push(...(await this.#read(this.#files[0] ?? '', from, newest.position)))
    this.#at = newest
    return lines
  }

  async #read(path: string, from: number, until: number): Promise<LogLine[]> {
    if (until <= from) return []
    const file = await open(path, 'r')
    try {
      const chunk = Buffer.alloc(until - from)
      const { bytesRead } = await file.read(chunk, 0, chunk.length, from)
      const bytes = Buffer.concat([this.#rest, chunk.subarray(0, bytesRead)])
      const end = bytes.lastIndexOf(10) + 1
      this.#rest = bytes.subarray(end)
      return bytes
        .toString('utf8', 0, end)
        .split('\n')
        .flatMap((text) => {
          const line = parseLogLine(text, this.#filter)
          return line && matchesLog(line, this.#filter) ? [line] : []
        })
    } finally {
      await file.close()
    }
  }
}

async function placeOf(path: string | undefined): Promise<Place | undefined> {
  const info = path === undefined ? undefined : await stat(path).catch(() => undefined)
  return info && { inode: info.ino, position: info.size }
}
