import type { Rows } from './workloads.ts'

export interface Difference {
  readonly lost: number
  /** Also rows that nobody wrote. */
  readonly doubled: number
}

/** Both as multisets: the order does not matter, how often a row is there does. */
export function compareRows(expected: Rows, found: Rows): Difference {
  const left = new Map<string, number>()
  for (const row of expected) left.set(row, (left.get(row) ?? 0) + 1)
  let doubled = 0
  for (const row of found) {
    const count = left.get(row) ?? 0
    if (count === 0) doubled++
    else left.set(row, count - 1)
  }
  let lost = 0
  for (const count of left.values()) lost += count
  return { lost, doubled }
}
