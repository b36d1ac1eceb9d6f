import { userError } from '../../shared/errors.ts'
import { isDate } from './comparison.ts'
import type { FieldPath } from './fields.ts'
import { joinSql, raw, type Sql, sql } from './sql.ts'

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/**
 * SQL that counts the working days before a DATE, from a Monday long ago: the difference of two such counts is the number of working days
 * from one date up to, and not including, the other.
 * @throws LogiDataError `business-days.none` when no day of the week is left; `value.type` for a holiday that is no date
 */
export function workingDaysBefore(
  weekend: readonly string[],
  holidays: readonly string[],
  field: FieldPath,
): (day: Sql) => Sql {
  const works = WEEK.map((day) => !weekend.includes(day))
  const perWeek = works.filter(Boolean).length
  if (perWeek === 0)
    throw userError('business-days.none', 'Every day of the week is a day off.', {
      field: [...field, 'weekend'],
      hint: 'Leave at least one day to work on.',
    })
  holidays.forEach((holiday, index) => {
    if (!isDate(holiday) || holiday.trim().length > 10)
      throw userError('value.type', `“${holiday}” is not a date such as 2024-12-25.`, {
        field: [...field, 'holidays', index],
      })
  })
  // Before each weekday, how many days of its week are worked.
  const worked = works.map((_, index) => works.slice(0, index).filter(Boolean).length)
  const off = [...new Set(holidays.map((holiday) => holiday.trim()))].filter(
    (holiday) => works[(new Date(`${holiday}T00:00:00Z`).getUTCDay() + 6) % 7],
  )
  const list = sql`[${joinSql(off.map((holiday) => sql`CAST(${holiday} AS DATE)`))}]`
  return (day) => {
    const since = sql`(${day} - DATE '1970-01-05')`
    const weekday = sql`(isodow(${day}))`
    const weeks = sql`((${since} - (${weekday} - 1)) // 7)`
    const days = sql`${weeks} * ${perWeek} + [${raw(worked.join(', '))}][${weekday}]`
    if (off.length === 0) return sql`(${days})`
    return sql`(${days} - len(list_filter(${list}, lambda holiday: holiday < ${day})))`
  }
}
