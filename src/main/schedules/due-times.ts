import type { Times } from './times.ts'

/** A time that was passed by so much was missed: the application did not run, or the machine slept. */
export const GRACE_MS = 60_000

/** After a long pause, “a run for each missed time” means the newest so many. */
const MOST_RUNS = 100

/** Further in the future than this, what was remembered comes from a clock that was wrong. */
const WRONG_CLOCK_MS = 26 * 3_600_000

export interface DueTimes {
  /** Those that start a run, oldest first. */
  readonly run: readonly Date[]
  /** The newest that was missed and starts none. */
  readonly skipped: Date | undefined
  /** The newest of all, to be remembered. */
  readonly newest: Date | undefined
}

/**
 * Which times after `last` have come by `now`, and what becomes of those that were missed. A time that was dealt with never comes
 * again, also when the clock is set back.
 */
export function dueTimes(times: Times, last: Date, now: Date, missed: 'skip' | 'once' | 'all'): DueTimes {
  const passed = newestBetween(times, last, now)
  const newest = passed.at(-1)
  if (!newest) return { run: [], skipped: undefined, newest: undefined }
  const onTime = now.getTime() - newest.getTime() <= GRACE_MS
  const before = onTime ? passed.slice(0, -1) : passed
  const late = missed === 'all' ? before.slice(-MOST_RUNS) : missed === 'once' && !onTime ? before.slice(-1) : []
  // One run for all missed times is one too many when the next is being started anyway.
  const run = onTime ? [...late, newest] : late
  return {
    run,
    skipped: run.length < passed.length ? before.findLast((time) => !run.includes(time)) : undefined,
    newest,
  }
}

/** The newest times after `last` up to `now`, oldest first. Looks back step by step: after a month of sleep, a pattern of every second has millions. */
function newestBetween(times: Times, last: Date, now: Date): Date[] {
  for (let window = GRACE_MS; ; window *= 10) {
    const from = new Date(Math.max(last.getTime(), now.getTime() - window))
    const found: Date[] = []
    for (let time = times.next(from); time && time <= now; time = times.next(time)) found.push(time)
    if (found.length > MOST_RUNS || from <= last) return found.slice(-MOST_RUNS - 1)
  }
}

/** From when on times count: what is remembered, unless a wrong clock wrote it. */
export function lastOf(remembered: string | undefined, now: Date): Date {
  if (remembered === undefined) return now
  const last = new Date(remembered)
  return Number.isNaN(last.getTime()) || last.getTime() - now.getTime() > WRONG_CLOCK_MS ? now : last
}
