import type { InputFile } from '../contract.ts'
import type { ReadBudget } from './read-budget.ts'
import { type Compression, readText } from './text-stream.ts'

export interface TextLine {
  /** 1-based. */
  readonly line: number
  readonly text: string
}

/** A line longer than this is cut into a problem of its own, so that a file without line breaks does not fill memory. */
export const LONGEST_LINE = 10_000_000

/** The lines of a file, without their breaks (`\n`, `\r\n` or `\r`, also mixed). An empty last line is none. */
export async function* textLines(
  file: InputFile,
  options: {
    readonly compression: Compression
    readonly encoding: string
    readonly invalid: 'fail' | 'replace'
    readonly signal: AbortSignal
    readonly budget?: ReadBudget | undefined
  },
): AsyncGenerator<readonly TextLine[]> {
  let rest = ''
  let line = 0
  for await (const piece of readText(file, options)) {
    const text = rest + piece
    // A `\r` at the end may be the first half of a break.
    const safe = text.endsWith('\r') ? text.length - 1 : text.length
    const parts = text.slice(0, safe).split(/\r\n|\n|\r/)
    rest = (parts.pop() ?? '') + text.slice(safe)
    if (rest.length > LONGEST_LINE) {
      parts.push(rest)
      rest = ''
    }
    yield parts.map((part) => ({ line: ++line, text: part }))
  }
  if (options.budget?.cut) return
  const last = rest.endsWith('\r') ? rest.slice(0, -1) : rest
  if (last !== '') yield [{ line: ++line, text: last }]
}
