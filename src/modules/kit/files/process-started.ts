import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second wherever programs look. */
const TICKS_A_SECOND = 100

/** The states of a process that has ended and that its parent has not looked after: it still has its number. */
const ENDED = new Set(['Z', 'X'])

/**
 * When a process of this machine began, in milliseconds since 1970, to about a hundredth of a second; Infinity for one that has ended and
 * only keeps its number.
 * @returns undefined where there is none, or the system does not tell (it does on Linux)
 */
export async function processStarted(pid: number): Promise<number | undefined> {
  try {
    const [stat, uptime] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/uptime', 'utf8')])
    // The second field is the name in parentheses, which may hold anything; the 22nd is when it began, in ticks since the start of the system.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (ENDED.has(fields[0] ?? '')) return Number.POSITIVE_INFINITY
    const ticks = Number(fields[19])
    const age = Number(uptime.split(' ')[0]) - ticks / TICKS_A_SECOND
    return Number.isFinite(age) ? Date.now() - age * 1000 : undefined
  } catch {
    return undefined
  }
}
