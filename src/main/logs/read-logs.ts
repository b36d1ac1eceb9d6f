import { open } from 'node:fs/promises'
import { type LogFilter, type LogLine, logLineSchema, matchesLog } from '../../shared/runs/log-line.ts'

const CHUNK_BYTES = 256 * 1024
/** So much is looked through for lines that match; what is older is not searched. */
const MOST_BYTES = 128 * 1024 * 1024

/**
 * The newest lines that match, oldest of them first, read from the ends of the files backwards: no more is read than is needed.
 * @param files newest first
 * @param endOfFirst where the newest file ended when somebody began to follow it
 */
export async function readLogs(
  files: readonly string[],
  filter: LogFilter,
  endOfFirst = Number.POSITIVE_INFINITY,
): Promise<LogLine[]> {
  const found: LogLine[] = []
  let budget = MOST_BYTES
  for (const [index, path] of files.entries()) {
    for await (const text of linesBackwards(path, index === 0 ? endOfFirst : Number.POSITIVE_INFINITY)) {
      budget -= text.length
      if (found.length >= filter.limit || budget < 0) return found.reverse()
      const line = parseLogLine(text, filter)
      if (line && matchesLog(line, filter)) found.push(line)
    }
  }
  return found.reverse()
}

/** A line of the file. @returns undefined for one of another run or node, or half a line */
export function parseLogLine(text: string, { runId, nodeId }: LogFilter): LogLine | undefined {
  // Most lines are of other runs: looking is cheaper than parsing.
  if (runId !== undefined && !text.includes(runId)) return undefined
  if (nodeId !== undefined && !text.includes(nodeId)) return undefined
  try {
    const { time, msg, ...rest } = JSON.parse(text) as Record<string, unknown>
    return logLineSchema.parse({ ...rest, at: time, message: msg })
  } catch {
    // Half a line, of a process that was killed.
    return undefined
  }
}

async function* linesBackwards(path: string, end: number): AsyncGenerator<string> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return
  try {
    let position = Math.min(end, (await file.stat()).size)
    let rest = Buffer.alloc(0)
    while (position > 0) {
      const size = Math.min(CHUNK_BYTES, position)
      position -= size
      const chunk = Buffer.alloc(size)
      const { bytesRead } = await file.read(chunk, 0, size, position)
      const bytes = Buffer.concat([chunk.subarray(0, bytesRead), rest])
      const first = position === 0 ? -1 : bytes.indexOf(10)
      if (position > 0 && first < 0) {
        rest = bytes
        continue
      }
      // Up to the first line's end it may be half a line, whose beginning comes next.
      rest = bytes.subarray(0, first + 1)
      const lines = bytes.toString('utf8', first + 1).split('\n')
      for (const line of lines.reverse()) if (line !== '') yield line
    }
  } finally {
    await file.close()
  }
}
