import { milliseconds, parseDuration } from '../../shared/duration.ts'
import { userError } from '../../shared/errors.ts'

/** What a schedule's parameters can speak of. */
export interface Occasion {
  /** When it was due; of files and of other pipelines: when that was noticed. */
  readonly at: Date
  /** IANA name; absent: of this machine. */
  readonly timeZone?: string
  /** Path of the file that arrived, relative to the project. */
  readonly file?: string
}

const PLACEHOLDER = /\$\{([^}]*)\}/g
const TIMED = /^(scheduled_(?:date|time|month))(?:\s*([-+])\s*(\d+(?:\.\d+)?(?:ms|s|m|h|d)))?$/

/**
 * Fills in `${scheduled_date}` (2024-05-31), `${scheduled_month}` (2024-05), `${scheduled_time}` (2024-05-31 06:00:00), each with
 * `- 1d` or the like behind it, all on the schedule's own clock, and `${file}`. `${env:NAME}` is left for the run.
 * @throws LogiDataError `schedule.parameter`
 */
export function fillParameters(
  parameters: Readonly<Record<string, string>>,
  occasion: Occasion,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => [
      name,
      text.replaceAll(PLACEHOLDER, (whole, inner: string) => {
        const key = inner.trim()
        if (key.startsWith('env:')) return whole
        const value = key === 'file' ? occasion.file : timed(key, occasion)
        if (value !== undefined) return value
        throw userError('schedule.parameter', `Parameter “${name}” asks for ${whole}, which is not known here.`, {
          field: ['parameters', name],
          hint: 'Known are ${scheduled_date}, ${scheduled_month}, ${scheduled_time}, also with “- 1d”, and ${file} when files start the run one by one.',
        })
      }),
    ]),
  )
}

function timed(key: string, { at, timeZone }: Occasion): string | undefined {
  const match = TIMED.exec(key)
  if (!match) return undefined
  const [, what, sign, offset] = match
  const parts = clock(at, timeZone)
  if (offset !== undefined && parseDuration(offset) === undefined) return undefined
  // Days are counted on the calendar of the schedule's clock, so that a day of 23 hours is a day.
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second)
  const shifted = new Date(wall + (offset === undefined ? 0 : milliseconds(offset) * (sign === '-' ? -1 : 1)))
  const text = shifted.toISOString()
  if (what === 'scheduled_month') return text.slice(0, 7)
  return what === 'scheduled_date' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ')
}

function clock(at: Date, timeZone: string | undefined) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const of = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => of.get(type) ?? 0
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}
