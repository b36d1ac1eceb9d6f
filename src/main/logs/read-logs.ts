import { open, stat } from 'node:fs/promises'
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
  let oldest: string | undefined
  let budget = MOST_BYTES
  const before = filter.before === undefined ? undefined : parsePlace(filter.before)
  let reached = before === undefined
  for (const [index, path] of files.entries()) {
    const inode = before && (await stat(path).catch(() => undefined))?.ino
    const isIt = before !== undefined && inode === before.inode
    if (isIt) reached = true
    if (!reached) continue
    const end = isIt ? before.position : index === 0 ? endOfFirst : Number.POSITIVE_INFINITY
    for await (const { text, place } of linesBackwards(path, end)) {
      budget -= text.length
      const line = parseLogLine(text, filter)
      const matches = line !== undefined && matchesLog(line, filter)
      // Only a line that is left out says for certain that there is an older page.
      if ((matches && found.length >= filter.limit) || budget < 0) return page(found, oldest)
      if (!matches) continue
      found.push(line)
      oldest = place
    }
  }
  return page(found, undefined)
}

/** Oldest first; the first says where older ones are. */
function page(newestFirst: readonly LogLine[], older: string | undefined): LogLine[] {
  const lines = newestFirst.toReversed()
  const [first] = lines
  if (first && older !== undefined) lines[0] = { ...first, older }
  return lines
}

/** A file keeps its inode when it is put aside, so a place stays true while the log grows. */
function parsePlace(place: string): { inode: number; position: number } {
  const [inode, position] = place.split(':').map(Number)
  return { inode: inode ?? Number.NaN, position: position ?? 0 }
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

async function* linesBackwards(path: string, end: number): AsyncGenerator<{ text: string; place: string }> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return
  try {
    const { size: length, ino } = await file.stat()
    let position = Math.min(end, length)
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
      let begin = position + bytes.length
      for (const [back, text] of lines.toReversed().entries()) {
        begin -= Buffer.byteLength(text) + (back === 0 ? 0 : 1)
        if (text !== '') yield { text, place: `${ino}:${begin}` }
      }
    }
  } finally {
    await file.close()
  }
}
