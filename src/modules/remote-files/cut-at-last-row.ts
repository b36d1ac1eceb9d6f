import { type FileHandle, open } from 'node:fs/promises'

const LINE_BREAK = 0x0a
const CHUNK = 1 << 20

/**
 * Takes from the end of the beginning of a file what is not a whole row.
 * @param quote between which line breaks belong to values; where most of the text would be between two of them, they are none
 */
export async function cutAtLastRow(path: string, quote: string | undefined): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const { row, line } = await lastEnds(file, quote?.charCodeAt(0))
    const end = row * 2 >= line ? row : line
    if (end > 0 && end < size) await file.truncate(end)
  } finally {
    await file.close()
  }
}

/** Bytes up to the end of the last row, and of the last line whatever quotes are open; 0 where there is none. */
async function lastEnds(file: FileHandle, quote: number | undefined): Promise<{ row: number; line: number }> {
  const chunk = Buffer.alloc(CHUNK)
  let [row, line, at, isOpen] = [0, 0, 0, false]
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, at)
    if (bytesRead === 0) return { row, line }
    for (let index = 0; index < bytesRead; index++) {
      const byte = chunk[index]
      if (byte === quote) isOpen = !isOpen
      else if (byte === LINE_BREAK) {
        line = at + index + 1
        if (!isOpen) row = line
      }
    }
    at += bytesRead
  }
}
