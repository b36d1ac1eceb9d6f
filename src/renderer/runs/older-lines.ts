import type { LogLine } from '../../shared/runs/log-line.ts'

/** Puts an older page before the lines that are there. A page that comes twice is put there once. */
export function withOlder(lines: readonly LogLine[], page: readonly LogLine[], asked: string): readonly LogLine[] {
  const [first, ...rest] = lines
  if (!first || first.older !== asked) return lines
  const { older: _, ...line } = first
  return [...page, line, ...rest]
}
