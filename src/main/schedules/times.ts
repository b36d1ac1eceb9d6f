import { Cron } from 'croner'
import { milliseconds } from '../../shared/duration.ts'
import { userError } from '../../shared/errors.ts'
import type { Trigger } from '../../shared/schedules/document.ts'

/** The times of a trigger that follows the clock. */
export interface Times {
  /** The first one after `after`; undefined when there is none any more. */
  next(after: Date): Date | undefined
}

/**
 * @returns undefined for a trigger that does not follow the clock
 * @throws LogiDataError `schedule.cron`, `schedule.time-zone`, `schedule.every`
 */
export function timesOf(trigger: Trigger): Times | undefined {
  if ('cron' in trigger) return cronTimes(trigger.cron, trigger.time_zone)
  if ('every' in trigger) return everyTimes(trigger.every)
  return undefined
}

/** The next times, for people to check what they wrote. @throws LogiDataError as `timesOf` */
export function nextTimes(trigger: Trigger, after: Date, count: number): Date[] {
  const times = timesOf(trigger)
  const found: Date[] = []
  for (let last: Date | undefined = after; times && last && found.length < count; ) {
    last = times.next(last)
    if (last) found.push(last)
  }
  return found
}

function cronTimes(pattern: string, timeZone: string | undefined): Times {
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw userError('schedule.time-zone', `There is no time zone “${timeZone}”.`, {
      field: ['trigger', 'time_zone'],
      hint: 'Write a name such as Europe/Paris or UTC.',
    })
  try {
    const cron = new Cron(pattern, { paused: true, ...(timeZone === undefined ? {} : { timezone: timeZone }) })
    return { next: (after) => cron.nextRun(after) ?? undefined }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause)
    throw userError('schedule.cron', `The cron pattern “${pattern}” cannot be read: ${why}`, {
      field: ['trigger', 'cron'],
      hint: 'Write minute hour day month weekday, such as “0 6 * * 1-5” for six o’clock on weekdays.',
      cause,
    })
  }
}

const SHORTEST_MS = 1000

function everyTimes(every: string): Times {
  const step = milliseconds(every)
  if (step < SHORTEST_MS)
    throw userError('schedule.every', `A pipeline cannot run every ${every}.`, {
      field: ['trigger', 'every'],
      hint: 'Write 1s or more.',
    })
  return { next: (after) => new Date((Math.floor(after.getTime() / step) + 1) * step) }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
